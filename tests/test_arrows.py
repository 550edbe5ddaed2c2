"""Imports go down the arrows of the house, and a method knows neither files nor databases nor the clock."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Room -> what it may import of this project, as rooms or as single modules. A room may always import itself.
BASE = {"raumblick", "settings", "queries", "tables", "catalogue"}
ARROWS: dict[str, set[str]] = {
    "app": {"ui", "papers", "answers"},
    "pages": {"ui", "papers", "answers"},
    "server": {"ui", "settings"},
    "ui": {
        "answers", "catalogue", "settings", "snapshot.store", "snapshot.publish", "ingest",
        "uploads", "mapping", "intake.findings", "acts", "roles", "plans.logins", "plans.audit", "plans.model",
    },
    "acts": {"backup", "ingest", "snapshot", "plans", "roles", "settings", "catalogue"},
    "roles": {"settings"},
    "mapping": {"ingest", "intake", "settings"},
    "uploads": {"ingest", "intake", "catalogue", "settings"},
    "papers": {"answers", "catalogue", "settings", "snapshot.store"},
    "answers": {"snapshot.store", "plans", "need", "supply", "money", "stats", "catalogue"},
    "plans": {"catalogue", "settings", "queries"},
    "need": {"stats", "catalogue"},
    "supply": {"stats", "catalogue"},
    "money": {"stats", "catalogue"},
    "stats": set(),
    "backup": {"plans", "settings", "snapshot.publish"},
    "cli_backup": {"acts", "roles", "settings"},
    "cli_logins": {"acts", "parser", "plans.logins", "roles", "settings"},
    "cli_scenarios": {"acts", "parser", "plans", "roles", "settings"},
    "cli_audit": {"acts", "parser", "roles", "settings"},
    "cli": {
        "acts", "answers.preview_text", "backup.archive", "cli_audit", "cli_backup", "cli_logins", "cli_scenarios", "demo",
        "ingest", "intake", "mapping", "parser", "plans.model", "roles", "snapshot",
    }
    | BASE,
    "ingest": {"intake", "snapshot"} | BASE,
    "demo": {"stats", "intake", "snapshot"} | BASE,
    "intake": BASE,
    "snapshot": BASE,
    "parser": set(),
    "docs": {"catalogue", "settings", "tables"},
    "sbom": {"settings"},
    "catalogue": {"tables", "settings"},
    "queries": {"settings"},
    "settings": set(),
    "tables": set(),
    "raumblick": set(),
}
# An index spec is a file that people write; `load_spec(path)` is the one place in need where a file is read.
READS_ITS_SPEC = "raumblick/need/spec.py"
METHODS = ("stats", "need", "supply", "money")
STREAMLIT_ROOMS = {"app", "server", "pages", "ui"}
DATABASE_ROOMS = {"intake", "snapshot", "plans"}
IMPURE = {
    "os", "io", "pathlib", "shutil", "tempfile", "time", "random", "sqlite3", "subprocess", "socket", "urllib", "requests",
    "duckdb", "sqlalchemy", "streamlit", "plotly", "folium",
}  # fmt: skip
CLOCK = {"now", "utcnow", "today", "time", "perf_counter", "monotonic"}


def sources() -> list[Path]:
    """Every Python file of the product."""
    top = [ROOT / "app.py", ROOT / "server.py"]
    return [p for p in top if p.is_file()] + sorted(p for f in ("pages", "raumblick") for p in (ROOT / f).rglob("*.py"))


def room_of(path: Path) -> str:
    """Room of a file: the folder below raumblick, or the name of a module that stands alone."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] != "raumblick":
        return parts[0]
    return "raumblick" if parts[1] == "__init__" else parts[1]


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """(line, dotted module) of every import, also inside functions; `from a import b` counts as a.b."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def against(room: str, tree: ast.AST) -> list[str]:
    """Imports of this project that `room` may not make."""
    wrong = []
    for line, name in imported(tree):
        parts = name.split(".")
        if parts[0] not in ("raumblick", "app", "server", "pages"):
            continue
        own = parts[0] != "raumblick" or (len(parts) > 1 and parts[1] == "__version__")
        target = parts[0] if own else parts[1]
        allowed = ARROWS[room] | {room, "raumblick"}
        if target not in allowed and ".".join(parts[1:3]) not in allowed:
            wrong.append(f"line {line}: {room} -> {name}")
    return wrong


def impure(tree: ast.AST) -> list[str]:
    """What keeps a method from being pure: modules of the outside world, the clock, randomness without a seed, files."""
    wrong = [f"line {line}: imports {name}" for line, name in imported(tree) if name.split(".")[0] in IMPURE]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        name = called.split(".")[-1]
        if name in CLOCK and "." in called and not called.startswith("self."):
            wrong.append(f"line {node.lineno}: reads the clock ({called})")
        if called == "open" or re.match(r"(pd|gpd|pandas)\.read_", called) or name in ("to_csv", "to_parquet", "read_text"):
            wrong.append(f"line {node.lineno}: touches a file ({called})")
        if re.fullmatch(r"(np|numpy)\.random\.\w+", called) and (name != "default_rng" or not node.args):
            wrong.append(f"line {node.lineno}: randomness without a seed ({called})")
    return wrong


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def ids(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", sources(), ids=ids)
def test_imports_follow_the_arrows(path):
    room = room_of(path)
    assert room in ARROWS, f"{room} is a new room: give it its arrows"
    assert against(room, parse(path)) == []


@pytest.mark.parametrize("path", sources(), ids=ids)
def test_streamlit_and_databases_stay_in_their_rooms(path):
    room = room_of(path)
    modules = {name.split(".")[0] for _, name in imported(parse(path))}
    if room not in STREAMLIT_ROOMS:
        assert not modules & {"streamlit", "streamlit_folium"}
    if room not in DATABASE_ROOMS:
        assert not modules & {"duckdb", "sqlalchemy", "sqlite3"}


@pytest.mark.parametrize("path", [p for p in sources() if room_of(p) in METHODS and ids(p) != READS_ITS_SPEC], ids=ids)
def test_methods_are_pure(path):
    assert impure(parse(path)) == []


def test_arrows_make_no_circle():
    def below(room: str, above: tuple[str, ...]) -> None:
        assert room not in above, " -> ".join((*above, room))
        for target in ARROWS[room] - {room, "raumblick"}:
            below(target.split(".")[0], (*above, room))

    for room in ARROWS:
        below(room, ())


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("pages", "from raumblick.snapshot.store import Store"),
        ("pages", "from raumblick.need import index"),
        ("need", "from raumblick.supply.reach import reach"),
        ("stats", "import raumblick.catalogue"),
        ("answers", "from raumblick.snapshot.build import build"),
        ("answers", "from raumblick import ui"),
        ("snapshot", "def f():\n    from raumblick.intake import staging"),
        ("intake", "from raumblick import snapshot"),
        ("ui", "import app"),
    ],
)
def test_a_wrong_arrow_is_seen(room, code):
    assert against(room, ast.parse(code)) != []


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("answers", "from raumblick.snapshot.store import Store"),
        ("answers", "from raumblick.catalogue import Catalogue"),
        ("snapshot", "from raumblick import __version__"),
        ("cli", "from raumblick.intake.findings import Finding"),
        ("need", "from raumblick.need.model import Spec"),
        ("stats", "import numpy"),
    ],
)
def test_a_right_arrow_passes(room, code):
    assert against(room, ast.parse(code)) == []


@pytest.mark.parametrize(
    "code",
    [
        "import duckdb",
        "from pathlib import Path",
        "import datetime as dt\ndt.date.today()",
        "import numpy as np\nnp.random.normal()",
        "import numpy as np\nnp.random.default_rng()",
        "import pandas as pd\npd.read_csv('x')",
        "open('x')",
    ],
)
def test_an_impure_method_is_seen(code):
    assert impure(ast.parse(code)) != []


def test_a_pure_method_passes():
    assert impure(ast.parse("import numpy as np\nimport datetime as dt\nnp.random.default_rng(seed).normal()")) == []
