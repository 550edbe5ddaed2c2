"""SQL lives in queries/ alone, and every query says what it is."""

import ast
import re
from pathlib import Path

import pytest

from raumblick.catalogue import DEFAULT_PATH
from raumblick.queries import FOLDER, load_query
from raumblick.tables import read_tables

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "raumblick").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
TOP = [path for path in (ROOT / "app.py", ROOT / "server.py") if path.is_file()]
TABLES = read_tables(DEFAULT_PATH / "tables.toml")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# --- no SQL outside of queries/ ------------------------------------------------------------------------------------

SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert\s+into\b|\bcreate\s+(or\s+replace\s+)?(temp(orary)?\s+)?(table|view)\b"
    r"|\bdelete\s+from\b|\bupdate\s+\w+\s+set\b|\bdrop\s+(table|view)\b|\battach\s+'|\bpragma\s+\w|\bcopy\s+\w+\s+to\b",
    re.IGNORECASE | re.DOTALL,
)


def sql_in(tree: ast.Module) -> list[str]:
    """Text constants that are SQL, and texts given to `execute` or `sql`; docstrings do not count."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, holders)]
    docstrings = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            if SQL.search(node.value):
                found.append(f"line {node.lineno}: {node.value[:60]!r}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            texts = (ast.Constant, ast.JoinedStr, ast.BinOp)
            if node.func.attr in ("execute", "executemany", "sql", "query") and isinstance(node.args[0], texts):
                found.append(f"line {node.lineno}: text given to {node.func.attr}()")
    return found


@pytest.mark.parametrize("path", [*TOP, *PAGES, *MODULES], ids=name_of)
def test_no_sql_in_python(path):
    assert sql_in(parse(path)) == []


@pytest.mark.parametrize(
    "code",
    [
        'x = "select a from b"',
        'x = """\nSELECT a,\n  b\nFROM c"""',
        "x = f'insert into {table} values (1)'",
        'con.execute("checkpoint")',
        'con.sql(f"describe {x}")',
        'x = "create or replace temp table a as"',
    ],
)
def test_sql_in_python_is_seen(code):
    assert sql_in(ast.parse(code)) != []


def test_words_that_are_no_sql_pass():
    code = '"""Select areas from a list."""\nx = "Auswahl aus der Liste"\ncon.execute(query.sql)\nst.selectbox("Gebiet")'
    assert sql_in(ast.parse(code)) == []


# --- queries say what they are -------------------------------------------------------------------------------------

QUERIES = sorted(FOLDER.rglob("*.sql"))
READ = [path for path in QUERIES if path.parent.name == "read"]
CHECKS = [path for path in QUERIES if path.parent.name == "check"]
NOT_PORTABLE = ("quantile_cont", "group by all", "exclude", "arg_max", "try_cast", "pivot", "qualify")
KEYWORDS = "select from where join on and or not in as with group by order having union case when then else end is null"


def query_name(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def body(sql: str) -> str:
    """SQL without comments and without the text in quotes."""
    return re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "''", re.sub(r"--[^\n]*", "", sql))


def named_params(head: dict[str, str]) -> set[str]:
    """Names of the `params` line; what follows a semicolon explains them."""
    return {name.strip() for name in head.get("params", "").split(";")[0].split(",") if name.strip()}


def head_faults(head: dict[str, str], sql: str) -> list[str]:
    """What the head of a query of queries/read lacks."""
    faults = [f"no {key}" for key in ("question", "grain", "columns") if not head.get(key)]
    used = set(re.findall(r"\$(\w+)", body(sql)))
    if named_params(head) != used:
        faults.append(f"params says {sorted(named_params(head))}, the query uses {sorted(used)}")
    return faults


def style_faults(sql: str) -> list[str]:
    """What is not portable or not in the house style, in any query."""
    text = body(sql)
    faults = [f"{word} is not portable" for word in NOT_PORTABLE if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
    faults += [f"{word} in capitals" for word in KEYWORDS.upper().split() if re.search(rf"\b{word}\b", text)]
    if re.search(r"/(?!\s*(nullif\(|\d+(\.\d+)?\b))", text):
        faults.append("division without nullif")
    return faults


@pytest.mark.parametrize("path", READ, ids=query_name)
def test_a_read_query_says_question_grain_columns_and_params(path):
    query = load_query(query_name(path))
    assert head_faults(query.head, query.sql) == []


@pytest.mark.parametrize("path", READ, ids=query_name)
def test_a_read_query_is_portable_ordered_and_explicit(path):
    text = body(path.read_text(encoding="utf-8"))
    assert style_faults(text) == []
    after = text[text.rfind("order by") :] if "order by" in text else ")"
    assert after.count("(") == after.count(")"), "the result is not ordered"
    assert not re.search(r"^select(\s+distinct)?\s+(\w+\.)?\*\s*$", text.split("\n)\n")[-1], re.MULTILINE), "select *"


@pytest.mark.parametrize("path", CHECKS, ids=query_name)
def test_a_check_says_where_what_and_what_to_do(path):
    query = load_query(query_name(path))
    head = query.head
    assert {"code", "table", "severity", "column", "message", "remedy"} <= set(head)
    assert re.fullmatch(r"[a-z0-9_]+", head["code"])
    assert head["column"] in TABLES[head["table"]].names
    assert head["severity"] in ("error", "warning")
    assert head["message"].endswith((".", "?", "{value}")) and head["remedy"].endswith((".", "?"))
    assert {"row_number", "value"} <= set(re.findall(r"\w+", body(query.sql)))


@pytest.mark.parametrize("path", [p for p in QUERIES if p not in READ and p not in CHECKS], ids=query_name)
def test_every_other_query_says_grain_or_purpose(path):
    head = load_query(query_name(path)).head
    assert head.get("grain") or head.get("purpose")


def test_every_query_lies_in_a_known_folder():
    folders = {path.relative_to(FOLDER).parts[0] for path in QUERIES}
    assert folders <= {"read", "build", "public", "hide", "check", "intake", "snapshot", "plans"}
    assert {path.parent.name for path in QUERIES if "read" in path.parts} == {"read"}


def test_every_read_query_is_asked_by_somebody():
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [path.stem for path in READ if f'"{path.stem}"' not in code] == []


def test_a_poor_head_is_seen():
    assert head_faults({"question": "which?", "grain": "one", "columns": "a"}, "select a from b") == []
    assert head_faults({"question": "which?", "grain": "one", "columns": "a", "params": "x; why"}, "select $x as a") == []
    assert head_faults({"question": "", "grain": "one", "columns": "a"}, "select 1") == ["no question"]
    assert head_faults({"question": "q", "grain": "g", "columns": "a"}, "select $x as a") != []
    assert head_faults({"question": "q", "grain": "g", "columns": "a", "params": "x, y"}, "select $x as a") != []
    assert head_faults({"question": "q", "grain": "g", "columns": "a"}, "select '$x' as a -- $y") == []


@pytest.mark.parametrize(
    "sql",
    [
        "select a / b as c from d",
        "select a from b group by all",
        "select * exclude (a) from b",
        "select quantile_cont(a, 0.5) from b",
        "SELECT a from b",
        "select try_cast(a as integer) from b",
    ],
)
def test_poor_sql_is_seen(sql):
    assert style_faults(sql) != []


def test_good_sql_passes():
    assert style_faults("select 100 * a / nullif(b, 0) as share, 'GROUP BY ALL' as note, c / 100 as d from e -- EXCLUDE") == []
