"""Servers as subprocesses: started, asked for memory and processor time, stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "server.py"
PEERS = ROOT / "benchmarks" / "apps" / "server.py"  # pages to compare with, on the same settings


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and the moment it was started (`time.perf_counter`)."""

    url: str
    process: psutil.Process
    started: float

    def memory_mb(self) -> float:
        """Resident memory of the server with its children, in MB."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(p.memory_info().rss for p in family) / 1e6

    def cpu_ms(self) -> float:
        """Processor time used so far, user and system, in ms."""
        times = self.process.cpu_times()
        return (times.user + times.system) * 1000


@contextmanager
def serve(script: Path, wait: bool = True, **environment: str) -> Iterator[Server]:
    """Run `streamlit run script` as `make run` does, on a free port; with `wait`, until it is healthy.

    Raises:
        TimeoutError: it did not answer within a minute.
    """
    port = _free_port()
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=ROOT,  # .streamlit/config.toml is read from there
        env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Server(f"http://127.0.0.1:{port}", psutil.Process(child.pid), began)
        if wait:
            wait_until_healthy(server)
        yield server
    finally:
        child.terminate()
        child.wait(20)


def wait_until_healthy(server: Server, seconds: float = 60.0) -> None:
    """Ask for the health of the server every 20 ms.

    Raises:
        TimeoutError: it did not answer in time.
    """
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(server.url)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
