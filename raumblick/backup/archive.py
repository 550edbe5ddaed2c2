"""The backup file: a plain tar with the files of an installation and, as its last member, the list of them.

    home/...         files of the home: snapshots, pointers, layouts, roles, key of the trail
    plaene.sqlite    scenarios and trail, where they lie in SQLite
    inhalt.json      name, size and SHA-256 of each file above; a file without it was not written to its end
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
HOME, PLANS, LIST = "home", "plaene.sqlite", "inhalt.json"
_PIECE = 1 << 20
_LONGEST_LIST = 64 << 20


class BackupError(Exception):
    """A backup cannot be made or used; the message is German. What stood before still stands."""


@dataclass
class _Hashed:
    """Reads like a file and remembers the checksum of what was read."""

    stream: IO[bytes]
    sha: Any = field(default_factory=hashlib.sha256)

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(size)
        self.sha.update(piece)
        return piece


class Writer:
    """Writes a backup file into an open stream: `add` each file, then `finish`."""

    def __init__(self, stream: IO[bytes]):
        self._tar = tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT)
        self._files: list[dict[str, Any]] = []

    def add(self, name: str, stream: IO[bytes], size: int, mode: int) -> None:
        """Add what an open file holds, `size` bytes of it.

        Raises:
            OSError: it is shorter, or the disk is full.
        """
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, stat.S_IMODE(mode), int(time.time())
        hashed = _Hashed(stream)
        self._tar.addfile(info, hashed)  # type: ignore[arg-type]  # only read() is asked of it
        self._files.append({"name": name, "size": size, "sha256": hashed.sha.hexdigest()})

    def add_text(self, name: str, text: str) -> None:
        """Add a small text."""
        content = text.encode()
        self.add(name, io.BytesIO(content), len(content), 0o644)

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the list with what `about` says of the whole, and the end of the file."""
        text = json.dumps({"format": FORMAT, **about, "files": self._files}, ensure_ascii=False, indent=1)
        self.add_text(LIST, text)
        self._tar.close()


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup file into an empty folder and check every byte of it.

    Returns:
        What the list says of the whole (`created`, `version`, `cities`), and `files`.

    Raises:
        BackupError: it is no backup file, damaged, not complete, or of a later version.
        OSError: it cannot be read, or the disk is full.
    """
    seen: dict[str, tuple[int, str]] = {}
    said: dict[str, Any] | None = None
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isreg() else None
                if said is not None or stream is None or member.name in seen or not _is_ours(member.name):
                    raise _damaged(source)
                if member.name == LIST:
                    said = json.loads(stream.read(_LONGEST_LIST))
                else:
                    seen[member.name] = _write(stream, folder / member.name, member.mode)
        listed = {f["name"]: (f["size"], f["sha256"]) for f in said["files"]} if said else None
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError, RecursionError) as error:
        raise _damaged(source) from error
    if said is None or said.get("format") != FORMAT:
        if said is not None and isinstance(said.get("format"), int):
            raise BackupError(f"„{source.name}“ ist von einer anderen Version. Bitte Raumblick aktualisieren.")
        raise _damaged(source)
    if listed != seen:
        raise _damaged(source)
    return said


def _is_ours(name: str) -> bool:
    """True for a name that stays in the folder it is unpacked to."""
    path = PurePosixPath(name)
    plain = not path.is_absolute() and ".." not in path.parts and path.as_posix() == name and "\0" not in name
    return plain and (name in (PLANS, LIST) or (path.parts[0] == HOME and len(path.parts) > 1))


def _write(stream: IO[bytes], path: Path, mode: int) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    sha, size = hashlib.sha256(), 0
    with path.open("xb") as out:
        while piece := stream.read(_PIECE):
            out.write(piece)
            sha.update(piece)
            size += len(piece)
    path.chmod(stat.S_IMODE(mode) & 0o755 | 0o600)
    return size, sha.hexdigest()


def _damaged(source: Path) -> BackupError:
    return BackupError(f"„{source.name}“ ist keine Sicherung oder beschädigt. Es wurde nichts geändert.")
