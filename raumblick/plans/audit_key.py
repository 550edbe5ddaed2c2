"""The key that seals the trail of one machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from raumblick.plans.model import PlanError


class AuditError(PlanError):
    """The trail cannot be written or read; the message is German. What was to be done has not been done."""


def own_key(path: Path, may_make: bool) -> bytes:
    """The key in a file of this machine; made once, while there is nothing that it should have sealed (`may_make`).

    Raises:
        AuditError: it is missing, damaged, or cannot be read or made.
    """
    try:
        if not path.exists() and may_make:
            fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(32) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            try:
                os.link(fresh, path)  # of two processes one is first, and both read what it wrote
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"Der Schlüssel des Protokolls fehlt oder ist nicht lesbar ({path.name}).") from error
    if len(text) < 32:
        raise AuditError(f"Der Schlüssel des Protokolls ist beschädigt ({path.name}).")
    return text.encode()
