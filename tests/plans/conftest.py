"""A plan store on SQLite and one on PostgreSQL, the latter from the system's packages, started for the run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from raumblick.plans.store import PlanStore, open_plans


def _programs() -> Path | None:
    """Folder of initdb and pg_ctl."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    return next((f for f in [*folders, *([Path(found).parent] if found else [])] if (f / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a fresh PostgreSQL on a free port; skips where it is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: no initdb and pg_ctl found")
    pytest.importorskip("psycopg")
    root = os.geteuid() == 0  # PostgreSQL refuses to run as root
    user = "postgres" if root else None
    folder = Path(tempfile.mkdtemp(prefix="raumblick-pg-"))
    if root:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(
            command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60
        )

    data = str(folder / "data")
    run(str(programs / "initdb"), "-D", data, "-U", "raumblick", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql://raumblick@127.0.0.1:{port}/postgres"
    finally:
        run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty store on each backend."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ablage' / 'plaene.sqlite'}"
    import psycopg

    address = request.getfixturevalue("postgres_url")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    return address


@pytest.fixture
def store(url: str) -> Iterator[PlanStore]:
    """An open, empty store."""
    opened = open_plans(url)
    yield opened
    opened.close()
