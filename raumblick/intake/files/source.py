"""What a layout sees of a file before it reads it: its first bytes, and the text they make."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from raumblick.intake.textfile import sniff_delimiter

HEAD = 65_536  # bytes that are looked at to tell what a file is
_TEXT_CONTROLS = "\t\n\r\f\x1a"


@dataclass(frozen=True)
class SourceText:
    """The beginning of one file: its name, its size in bytes, and at most HEAD bytes of it.

    A layout tells by `head` (signature) or by `text` and `lines` whether a file is of its family; the name alone
    never decides. `text` is empty for what is no text.
    """

    name: str
    size: int
    head: bytes

    @classmethod
    def open(cls, path: Path) -> SourceText:
        """The beginning of the file at `path`.

        Raises:
            OSError: the file cannot be opened.
        """
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        return cls(path.name, path.stat().st_size, head)

    @property
    def complete(self) -> bool:
        """True when `head` is the whole file."""
        return self.size <= len(self.head)

    @cached_property
    def text(self) -> str:
        """The head as text: strict UTF-8 with or without byte order mark, else cp1252; empty when it is no text."""
        if b"\x00" in self.head:
            return ""
        for encoding in ("utf-8-sig", "cp1252"):
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                text = decoder.decode(self.head, final=self.complete)
            except UnicodeDecodeError:
                continue
            controls = sum(1 for mark in text if mark < " " and mark not in _TEXT_CONTROLS)
            return text if controls * 100 <= len(text) else ""
        return ""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The whole lines of the text; a last line that the head cuts off is left out."""
        lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return tuple(lines if self.complete else lines[:-1])

    @cached_property
    def records(self) -> tuple[tuple[str, ...], ...]:
        """The lines cut into cells with the delimiter that fits them best, at most 50; empty when that fails."""
        text = "\n".join(self.lines[:200])
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=sniff_delimiter(text))
            return tuple(tuple(cells) for cells, _ in zip(reader, range(50), strict=False))
        except csv.Error:
            return ()
