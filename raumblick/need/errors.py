"""What can be wrong with a spec or with the table that is scored by it.

Messages are German, because a page shows them as they are; `key` names the setting, column or indicator.
"""

from __future__ import annotations


class SpecError(ValueError):
    """A spec that cannot be used: unknown or missing setting, weights that do not sum, contradicting settings."""

    def __init__(self, key: str, message: str):
        self.key = key
        super().__init__(f"{key}: {message}")


class IndexError_(ValueError):
    """A table that cannot be scored: missing column, duplicate area, sentinel value, constant indicator."""

    def __init__(self, key: str, message: str):
        self.key = key
        super().__init__(f"{key}: {message}")
