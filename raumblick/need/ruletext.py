"""Screening rules as text: read, and written in one standard form that reads back to the same rule.

The language is described in `screening.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from raumblick.need.errors import SpecError
from raumblick.need.screening import Condition, Node, Rule

_TOKEN = re.compile(r"\s*(>=|<=|[<>()~@,*]|[-+]?\d+(?:[.]\d+)?(?:[eE][-+]?\d+)?(?![\w-])|[\w.-]+)")
_MOST = 50  # conditions and brackets; an address is not a place for programs


def parse_rule(text: str) -> Node:
    """The rule in a text. Raises SpecError (key `regel`) with what was expected and where."""
    tokens = _tokens(text)
    if sum(token in (">", "<", ">=", "<=", "(") for token, _ in tokens) > _MOST:
        raise SpecError("regel", f"Mehr als {_MOST} Bedingungen und Klammern sind nicht möglich.")
    reader = _Reader(tokens)
    rule = reader.joined("oder", lambda: reader.joined("und", reader.part))
    reader.expect("", "das Ende")
    return rule


def rule_text(rule: Node) -> str:
    """The standard text of a rule: `parse_rule(rule_text(rule))` is the rule again."""
    if isinstance(rule, Condition):
        return _condition_text(rule)
    return f" {rule.joined} ".join(
        f"({rule_text(part)})" if isinstance(part, Rule) else rule_text(part) for part in rule.parts
    )


def _condition_text(condition: Condition) -> str:
    """One condition as text."""
    left = condition.indicator
    if condition.change:
        periods = [condition.since] + ([condition.period] if condition.period else [])
        left = f"{condition.change}({', '.join([left, *periods])})"
    elif condition.period:
        left += f"@{condition.period}"
    limit = _number(condition.limit)
    if condition.reference:
        limit = condition.reference + ("" if condition.limit == 1 else f"*{limit}")
    slack = f" ~ {_number(condition.tolerance)}" if condition.tolerance else ""
    return f"{left} {condition.operator} {limit}{slack}"


def _number(value: float) -> str:
    """The shortest text that reads back to the same number."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _tokens(text: str) -> list[tuple[str, int]]:
    """Words and signs with their places; a decimal comma between digits is a point."""
    text = re.sub(r"(?<=[<>=*~])(\s*[-+]?\d+),(\d+)", r"\1.\2", text)
    tokens, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            rest = text[place:].lstrip()
            raise SpecError("regel", f"Unbekanntes Zeichen „{rest[:1]}“ an Stelle {len(text) - len(rest) + 1}.")
        tokens.append((match.group(1), match.start(1) + 1))
        place = match.end()
    return [*tokens, ("", len(text) + 1)]


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[tuple[str, int]]):
        self.tokens, self.place = tokens, 0

    def now(self) -> str:
        """The next token without taking it."""
        return self.tokens[self.place][0]

    def take(self) -> str:
        """The next token."""
        token = self.now()
        self.place += token != ""
        return token

    def expect(self, token: str, what: str) -> None:
        """Takes one known token or says what was expected."""
        if self.now().lower() != token:
            raise self.error(what)
        self.take()

    def error(self, what: str) -> SpecError:
        """What was expected, and where."""
        token, place = self.tokens[self.place]
        found = f"„{token}“" if token else "das Ende"
        return SpecError("regel", f"An Stelle {place} wird {what} erwartet, dort steht {found}.")

    def joined(self, word: str, part: Callable[[], Node]) -> Node:
        """Parts with one word between them."""
        parts = [part()]
        while self.now().lower() == word:
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Rule(word, tuple(parts))

    def part(self) -> Node:
        """A condition, or a rule in brackets."""
        if self.now() != "(":
            return self.condition()
        self.take()
        inner = self.joined("oder", lambda: self.joined("und", self.part))
        self.expect(")", "eine schließende Klammer")
        return inner

    def word(self, what: str) -> str:
        """A name or a period."""
        if not re.fullmatch(r"[\w.-]+", self.now()) or self.now().lower() in ("und", "oder"):
            raise self.error(what)
        return self.take()

    def number(self) -> float:
        """A number."""
        try:
            value = float(self.now())
        except ValueError:
            raise self.error("eine Zahl") from None
        if value in (float("inf"), float("-inf")) or value != value:
            raise self.error("eine Zahl")
        self.take()
        return value

    def condition(self) -> Condition:
        """One condition."""
        key, period, since, change = self.word("eine Kennzahl"), "", "", ""
        if key in ("diff", "pct") and self.now() == "(":
            change, _ = key, self.take()
            key = self.word("eine Kennzahl")
            self.expect(",", "ein Komma und der Anfangszeitraum")
            since = self.word("ein Zeitraum")
            if self.now() == ",":
                self.take()
                period = self.word("ein Zeitraum")
            self.expect(")", "eine schließende Klammer")
        elif self.now() == "@":
            self.take()
            period = self.word("ein Zeitraum")
        if self.now() not in (">", "<", ">=", "<="):
            raise self.error("ein Vergleich (>, >=, <, <=)")
        operator = self.take()
        reference, limit = "", 1.0
        if self.now() in ("stadt", "median"):
            reference = self.take()
            if self.now() == "*":
                self.take()
                limit = self.number()
        else:
            limit = self.number()
        tolerance = 0.0
        if self.now() == "~":
            self.take()
            tolerance = self.number()
            if tolerance < 0:
                raise SpecError("regel", "Der Spielraum darf nicht negativ sein.")
        return Condition(key, operator, limit, period, since, change, reference, tolerance)
