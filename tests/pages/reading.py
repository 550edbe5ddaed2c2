"""Read a page of the app as a person with every tool would: all texts, all numbers, all downloads."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import openpyxl
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from raumblick.ui.map import HIDDEN

_FIRST_CHAR = 40  # of the codes in a map's payload, see raumblick/ui/map.py


@dataclass
class Content:
    """All texts and all decoded numbers of one page."""

    texts: list[str] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)

    def holds(self, text: str) -> bool:
        """True where `text` stands alone somewhere: `22,2` is not in `122,25`."""
        pattern = re.compile(rf"(?<![\w.,]){re.escape(text)}(?!\w)")
        return any(pattern.search(found) for found in self.texts)

    def near(self, number: float, within: float = 0.051) -> bool:
        """True where a number of a chart or map is this one."""
        return any(abs(found - number) <= within for found in self.numbers)


def everything(at: AppTest, downloads: list[Any] = ()) -> Content:  # type: ignore[assignment]
    """What the browser gets: each text and number of each element, of maps and charts decoded, and of the downloads."""
    content = Content()
    for proto in protos(at._tree):
        _collect(proto, content)
    for frame in at.dataframe:
        content.texts += [str(name) for name in frame.value.columns]
        content.texts += [str(cell) for row in frame.value.itertuples(index=False) for cell in row]
    for make in downloads:
        content.texts += file_texts(make())
    return content


def protos(node: Any) -> Iterator[Message]:
    """Messages of a block and everything in it."""
    for child in getattr(node, "children", {}).values():
        if isinstance(getattr(child, "proto", None), Message):
            yield child.proto
        yield from protos(child)


def maps(at: AppTest) -> list[dict[str, Any]]:
    """Payloads of the area maps on the page, with `classes` and `numbers` decoded."""
    payloads = [json.loads(element.proto.json) for element in at.get("bidi_component")]
    for payload in payloads:
        payload["classes"] = [((ord(code) - _FIRST_CHAR) >> 2) + HIDDEN for code in payload["codes"]]
        payload["numbers"] = _unpacked(payload["values"], payload["digits"]) if "values" in payload else []
    return payloads


def file_texts(content: bytes | str) -> list[str]:
    """Cells of a downloaded CSV or XLSX file, texts and attributes of a picture, fields of a GeoPackage."""
    if isinstance(content, str):
        content = content.encode()
    if content.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    if content.startswith(b"SQLite format 3"):
        return _database_texts(content)
    text = content.decode("utf-8-sig")
    if text.lstrip().startswith("<"):
        return re.split(r'[<>"]', text)
    return [cell for line in text.splitlines() for cell in line.split(";")]


def _database_texts(content: bytes) -> list[str]:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        names = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        plain = [name for name in names if not name.startswith(("rtree", "sqlite"))]
        rows = [row for name in plain for row in database.execute(f'select * from "{name}"')]
    return [str(cell) for row in rows for cell in row if cell is not None and not isinstance(cell, bytes)]


def _collect(message: Message, content: Content) -> None:
    for _, value in message.ListFields():
        for one in value if not isinstance(value, str | bytes | Message) and hasattr(value, "__iter__") else [value]:
            if isinstance(one, Message):
                _collect(one, content)
            elif isinstance(one, str):
                _collect_text(one, content)


def _collect_text(text: str, content: Content) -> None:
    if text[:1] in "{[":
        try:
            return _collect_json(json.loads(text), content)
        except ValueError:
            pass
    content.texts.append(text)


def _collect_json(value: Any, content: Content, digits: int = 0) -> None:
    if isinstance(value, dict):
        if "bdata" in value:
            content.numbers += np.frombuffer(base64.b64decode(value["bdata"]), dtype=f"<{value['dtype']}").astype(float).tolist()
        elif {"min", "width", "data"} <= set(value):
            content.numbers += [n for n in _unpacked(value, digits) if n is not None]
        else:
            for part in value.values():
                _collect_json(part, content, value.get("digits", digits))
    elif isinstance(value, list):
        for part in value:
            _collect_json(part, content, digits)
    elif isinstance(value, bool):
        return
    elif isinstance(value, int | float):
        content.numbers.append(float(value))
    elif isinstance(value, str):
        content.texts.append(value)


def _unpacked(packed: dict[str, Any], digits: int) -> list[float | None]:
    octets, width = base64.b64decode(packed["data"]), packed["width"]
    whole = [int.from_bytes(octets[i : i + width], "little") for i in range(0, len(octets), width)]
    return [None if n == 256**width - 1 else (n + packed["min"]) / 10**digits for n in whole]
