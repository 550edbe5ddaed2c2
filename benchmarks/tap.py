"""A relay between browser and server that counts what really goes over the wire, compressed or not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Tap:
    """`url` stands in for the server's; `received` is the number of bytes that the server has sent through it so far."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self.url = ""
        self.received = 0

    async def run(self, ready: threading.Event) -> None:
        """Listen on a free port until `stop` is called."""
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await self._ended.wait()
        server.close()

    def stop(self) -> None:
        """End `run` from another thread; connections that are still open are cut."""
        self._loop.call_soon_threadsafe(self._ended.set)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(*self._target)
        with suppress(asyncio.CancelledError):  # the end of `run`
            await asyncio.gather(self._pump(reader, to_server, False), self._pump(from_server, writer, True))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, count: bool) -> None:
        try:
            while chunk := await source.read(65536):
                self.received += len(chunk) if count else 0
                sink.write(chunk)
                await sink.drain()
        except OSError:  # a browser that closes its page does not say goodbye
            pass
        finally:
            sink.close()


@contextmanager
def tap(url: str) -> Iterator[Tap]:
    """Run a relay to the server at `url` in a thread of its own."""
    relay, ready = Tap(url), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(relay.run(ready)), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise TimeoutError("the relay does not listen")
    try:
        yield relay
    finally:
        relay.stop()
        thread.join(5)
