"""The database behind everything that people write: SQLite in a file, or PostgreSQL where several machines share it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError

from raumblick.plans.model import PlanError
from raumblick.plans.tables import METADATA, SCHEMA, STEPS, STORE_SCHEMA
from raumblick.queries import load_query

_WAIT = 10  # seconds that a save waits for another one to end
READS = {"reads": True}  # execution options of a connection that only reads: it waits for nobody


def open_engine(url: str) -> Engine:
    """Connect, make the tables where there are none, and bring older ones up to date.

    Args:
        url: e.g. sqlite:///var/plaene.sqlite or postgresql://user@host/raumblick.

    Raises:
        PlanError: no such address, it cannot be reached, its driver is missing, or a newer version wrote it.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise PlanError(f"„{address.get_backend_name()}“ kann keine Szenarien ablegen; möglich sind sqlite und postgresql.")
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = _sqlite(address) if address.get_backend_name() == "sqlite" else create_engine(address, pool_pre_ping=True)
        _prepare(engine)
    except (ArgumentError, NoSuchModuleError) as error:
        raise PlanError("Die Adresse der Ablage ist nicht lesbar; Beispiel: sqlite:///var/plaene.sqlite") from error
    except ModuleNotFoundError as error:
        raise PlanError("Für PostgreSQL fehlt das Paket psycopg.") from error
    except (SQLAlchemyError, OSError) as error:
        raise PlanError("Die Ablage der Szenarien lässt sich nicht öffnen. Stimmen Adresse und Rechte?") from error
    return engine


def _sqlite(address: Any) -> Engine:
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": _WAIT})

    @event.listens_for(engine, "connect")
    def no_own_begin(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, see below
        connection.execute(load_query("plans/overwrite_deleted").sql)

    @event.listens_for(engine, "begin")
    def lock_first(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads")
        # two that read and then write would otherwise end in a lock error
        connection.exec_driver_sql("begin" if reads else "begin immediate")

    return engine


def _prepare(engine: Engine) -> None:
    """Tables and the number of their schema; two programs may start at the same moment."""
    try:
        with engine.begin() as connection:
            METADATA.create_all(connection)
            if not connection.execute(select(func.count()).select_from(STORE_SCHEMA)).scalar():
                connection.execute(insert(STORE_SCHEMA).values(version=SCHEMA))
    except OperationalError:
        raise
    except SQLAlchemyError:  # another program made them just now; whether all is there shows below
        engine.dispose()
    with engine.begin() as connection:
        for version, statements in STEPS.items():
            # Of two programs that start at once, the second waits at this row and then finds nothing left to do.
            older = STORE_SCHEMA.c.version == version - 1
            if connection.execute(update(STORE_SCHEMA).where(older).values(version=version)).rowcount:
                for statement in statements:
                    connection.exec_driver_sql(statement)
        written = connection.execute(select(func.max(STORE_SCHEMA.c.version))).scalar()
    if written != SCHEMA:
        engine.dispose()
        raise PlanError(
            f"Die Ablage der Szenarien hat eine andere Fassung ({written}, erwartet {SCHEMA}). Bitte Raumblick aktualisieren."
        )
