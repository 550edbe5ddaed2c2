"""A copy of the plan store as it stands at one moment, while others go on writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from raumblick.plans.model import PlanError
from raumblick.plans.tables import METADATA

_WAIT = 30  # seconds that the copy waits for a save to end


def store_file(url: str) -> Path | None:
    """The file of a plan store on SQLite; None for PostgreSQL, which has its own dump."""
    address = make_url(url)
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None


def copy_store(source: Path, target: Path) -> None:
    """Copy a plan store on SQLite by the backup interface of SQLite, and read every row of the copy.

    Raises:
        PlanError: it is busy or damaged, or the copy cannot be written.
    """
    try:
        with closing(sqlite3.connect(source, timeout=_WAIT)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
        engine = create_engine(f"sqlite:///{target}")
        with engine.connect() as connection:
            for table in METADATA.sorted_tables:
                for _ in connection.execute(select(table)):
                    pass
        engine.dispose()
    except (sqlite3.Error, SQLAlchemyError, ValueError) as error:
        message = "Die Ablage der Szenarien ist belegt oder beschädigt, oder der Platz reicht nicht. Nichts gesichert."
        raise PlanError(message) from error
