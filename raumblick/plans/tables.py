"""Tables of the plan store, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text

SCHEMA = 1  # of the tables; written to `store_schema`

METADATA = MetaData()

SCENARIO = Table(
    "scenario",
    METADATA,
    Column("scenario_id", String(32), primary_key=True),
    Column("city_id", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("author", String(100), nullable=False),
    Column("snapshot_id", String(100), nullable=False),
    Column("changes", JSON, nullable=False),
    Column("notes", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("saved", DateTime, nullable=False),
    Index("scenario_of_city", "city_id", "archived"),
)

# Every save stays: nothing that somebody wrote is ever gone.
REVISION = Table(
    "scenario_revision",
    METADATA,
    Column("scenario_id", String(32), ForeignKey("scenario.scenario_id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("author", String(100), nullable=False),
    Column("snapshot_id", String(100), nullable=False),
    Column("changes", JSON, nullable=False),
    Column("notes", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("saved", DateTime, nullable=False),
)

STORE_SCHEMA = Table("store_schema", METADATA, Column("version", Integer, primary_key=True))
