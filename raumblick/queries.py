"""SQL files: the only place where a query text is read.

`read/` holds questions with `$name` parameters. `build/`, `check/` and `intake/` also hold `{{name}}` places for
identifiers, which come from the committed table description only, never from a user or a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from raumblick.settings import ROOT

FOLDER = ROOT / "queries"
_NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*")
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_HEAD = re.compile(r"^-- (\w+): ?(.*)$")


class UnknownQueryError(KeyError):
    """No SQL file of that name exists."""


@dataclass(frozen=True)
class Query:
    """One SQL file: its name, the `-- key: value` lines at its head, and its text."""

    name: str
    head: dict[str, str]
    sql: str

    def fill(self, **places: str) -> str:
        """The text with every `{{place}}` replaced.

        Raises:
            KeyError: a place has no value.
        """
        return _PLACE.sub(lambda match: places[match.group(1)], self.sql)


@cache
def load_query(name: str) -> Query:
    """Read `queries/<name>.sql`.

    Raises:
        UnknownQueryError: the name is malformed or no such file exists.
    """
    path = FOLDER / f"{name}.sql"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise UnknownQueryError(name)
    return _parse(name, path)


def queries_in(folder: str) -> list[Query]:
    """All queries of one folder in the order of their file names (build steps are numbered)."""
    return [load_query(f"{folder}/{path.stem}") for path in sorted((FOLDER / folder).glob("*.sql"))]


def _parse(name: str, path: Path) -> Query:
    text = path.read_text(encoding="utf-8")
    head: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        match = _HEAD.match(line)
        if match:
            head[match.group(1)] = match.group(2).strip()
        elif head and line.startswith("--   "):  # an indented line goes on with the one before
            head[next(reversed(head))] += " " + line[2:].strip()
    return Query(name=name, head=head, sql=text)
