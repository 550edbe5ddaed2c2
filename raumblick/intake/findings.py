"""What is wrong with a delivery, said so that a planner can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITY_LABEL: dict[str, str] = {"error": "Fehler", "warning": "Warnung", "info": "Hinweis"}


@dataclass(frozen=True, order=True)
class Finding:
    """One finding in one delivered file.

    `row` is the 1-based line of the file (the header is line 1), `column` the delivered column name. `message` says
    what is wrong, `remedy` what to do; both are German. Errors stop an import, warnings and infos do not.
    """

    severity: Severity
    code: str
    file: str
    message: str
    remedy: str
    row: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """File, row and column as one German phrase, e.g. `population.csv, Zeile 12, Spalte count`."""
        parts = [self.file]
        if self.row is not None:
            parts.append(f"Zeile {self.row}")
        if self.column:
            parts.append(f"Spalte {self.column}")
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{SEVERITY_LABEL[self.severity]} [{self.code}] {self.place}: {self.message} {self.remedy}".rstrip()


class IntakeError(Exception):
    """A delivery that cannot be read at all; carries the findings that say why."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        super().__init__("; ".join(str(f) for f in self.findings))


def has_errors(findings: Iterable[Finding]) -> bool:
    """True when at least one finding stops the import."""
    return any(f.severity == "error" for f in findings)
