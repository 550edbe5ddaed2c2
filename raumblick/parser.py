"""argparse in German: one clear line instead of a usage text when a command is used wrongly."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

_WRONG_USE = (  # what argparse says, and the same in German
    (r"the following arguments are required: (.*)", r"Es fehlt: \1."),
    (r"unrecognized arguments: (.*)", r"Unbekannt: \1."),
    (r"argument .*: invalid choice: '?(.*?)'? \(choose from (.*)\)", r"„\1“ gibt es nicht; möglich sind: \2."),
    (r"argument (.*): expected .*", r"Nach \1 fehlt die Angabe."),
    (r"argument (.*): ignored explicit argument .*", r"\1 steht ohne Angabe."),
    (r"argument (.*): (.*)", r"\1: \2"),
)


class GermanParser(argparse.ArgumentParser):
    """argparse in German, with one clear line instead of a usage text when something is wrong."""

    def __init__(self, **options: Any):
        super().__init__(**{**options, "add_help": False, "allow_abbrev": False})
        self.add_argument("-h", "--help", action="help", help="diese Hilfe zeigen")
        self._positionals.title, self._optionals.title = "Angaben", "Schalter"

    def error(self, message: str) -> NoReturn:
        """End with exit code 2 and one German line."""
        for english, german in _WRONG_USE:
            if re.fullmatch(english, message):
                message = re.sub(english, german, message).replace("'", "")
                break
        self.exit(2, f"raumblick: {message} (Hilfe: raumblick --help)\n")

    def format_usage(self) -> str:
        """The usage in German."""
        return super().format_usage().replace("usage:", "Aufruf:", 1)

    def format_help(self) -> str:
        """The help in German."""
        return super().format_help().replace("usage:", "Aufruf:", 1)


def positive(text: str) -> int:
    """A whole number from 1."""
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"„{text}“ ist keine Zahl ab 1.")
    return int(text)


def area_count(text: str) -> int:
    """A number of areas that a demo city can have."""
    if not re.fullmatch("[0-9]{1,9}", text) or not 40 <= int(text) <= 20_000:
        raise argparse.ArgumentTypeError(f"„{text}“: erlaubt sind 40 bis 20000 Ortsteile.")
    return int(text)
