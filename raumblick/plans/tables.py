"""Tables of the plan store, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text

SCHEMA = 3  # of the tables; written to `store_schema`
# What brings a store from the schema before to this one; every statement runs on SQLite and PostgreSQL.
STEPS = {
    2: ("alter table scenario add column kind varchar(20) not null default 'budget'",),
    3: ("alter table scenario add column owner varchar(64) not null default ''",),
}

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
    Column("kind", String(20), nullable=False, server_default="budget"),
    Column("owner", String(64), nullable=False, server_default=""),  # digest of who made it, who may delete it
    Index("scenario_of_city", "city_id", "archived"),
)

# Every save stays as long as its scenario does.
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

# The trail: entries are only added; `mac` seals an entry together with the one before it.
AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),  # UTC, as it is sealed: a database must not round it
    Column("subject", String(220), nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("city_id", String(100), nullable=False),
    Column("snapshot_id", String(100), nullable=False),
    Column("detail", String(500), nullable=False),
    Column("mac", String(64), nullable=False),
)

# What was deleted after its time: up to which entry, and the seal that the next one stands on.
AUDIT_START = Table(
    "audit_start",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("mac", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)

# Logins that were ended before their time, by digest.
ENDED_LOGIN = Table(
    "ended_login",
    METADATA,
    Column("login", String(64), primary_key=True),
    Column("until", Integer, nullable=False),  # seconds since 1970; a login is too old by itself after that
)

# Logins that were ended together: all of a person (by digest) or of everybody, that were issued until a moment.
ENDED_BEFORE = Table(
    "ended_before",
    METADATA,
    Column("who", String(64), primary_key=True),
    Column("moment", Integer, nullable=False),  # seconds since 1970
    Column("until", Integer, nullable=False),  # as above
)
