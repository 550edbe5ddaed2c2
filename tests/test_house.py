"""The house rules that a machine can hold: sizes, docstrings, nothing of others, requirements."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "raumblick").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
TOP = [path for path in (ROOT / "app.py", ROOT / "server.py") if path.is_file()]
LONGEST_MODULE, LONGEST_PAGE, LONGEST_APP = 300, 150, 60


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# --- sizes ---------------------------------------------------------------------------------------------------------


def too_long(text: str, most: int) -> bool:
    return len(text.splitlines()) > most


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_one_idea(path):
    assert not too_long(path.read_text(encoding="utf-8"), LONGEST_MODULE)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_is_short(path):
    assert not too_long(path.read_text(encoding="utf-8"), LONGEST_PAGE)


def test_app_is_short():
    assert not too_long((ROOT / "app.py").read_text(encoding="utf-8"), LONGEST_APP - 1)


def test_a_long_module_is_seen():
    assert too_long("x = 1\n" * 301, LONGEST_MODULE) and not too_long("x = 1\n" * 300, LONGEST_MODULE)


def test_no_page_lies_directly_in_pages():
    assert [path.name for path in PAGES if path.parent == ROOT / "pages"] == []


def undocumented(tree: ast.Module) -> list[str]:
    """The module itself and its public functions, classes and methods that have no docstring."""
    missing = [] if ast.get_docstring(tree) or not tree.body else ["module"]
    for holder in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_")]:
        for node in holder.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
                if not ast.get_docstring(node):
                    missing.append(f"line {node.lineno}: {node.name}")
    return missing


@pytest.mark.parametrize("path", [*TOP, *PAGES, *MODULES], ids=name_of)
def test_what_is_public_is_documented(path):
    assert undocumented(parse(path)) == []


def test_a_missing_docstring_is_seen():
    code = '"""M."""\ndef f(): pass\nclass A:\n    """A."""\n    def g(self): pass\n    def _h(self): pass'
    assert undocumented(ast.parse(code)) == ["line 2: f", "line 5: g"]


# --- nothing of others ---------------------------------------------------------------------------------------------

OURS = {".py", ".sql", ".js", ".css", ".toml", ".md", ".csv", ".txt", ".yml", ".yaml", ".json", ".conf", ".service", ".lock"}
NAMES = {"Makefile", "LICENSE", ".gitignore", "run", "py.typed"}
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:root|home|Users|tmp|work|workspace)/[\w.]")


def committed() -> list[Path]:
    """Files under version control (also new ones that are not ignored); skips where there is no git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git here: cannot tell which files are committed")
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_only_our_kinds_of_files_are_committed():
    pictures = {ROOT / "docs" / "bild.png"}
    foreign = [p for p in committed() if p.suffix not in OURS and p.name not in NAMES and p not in pictures]
    assert [name_of(path) for path in foreign] == []


def test_data_holds_the_catalogue_and_the_demo_city_alone():
    folders = {path.relative_to(ROOT / "data").parts[0] for path in committed() if path.is_relative_to(ROOT / "data")}
    assert folders <= {"catalogue", "musterstadt"}
    assert [name_of(p) for p in committed() if p.suffix == ".csv" and not p.is_relative_to(ROOT / "data")] == []


def test_no_committed_file_is_large():
    assert [name_of(p) for p in committed() if p.stat().st_size > (1_000_000 if p.suffix == ".png" else 150_000)] == []


def test_no_path_of_a_machine_is_committed():
    texts = [path for path in committed() if path.suffix != ".png"]
    assert [name_of(p) for p in texts if MACHINE_PATH.search(p.read_text(encoding="utf-8"))] == []


def test_a_path_of_a_machine_is_seen():
    assert MACHINE_PATH.search("see " + "/".join(["", "home", "anna", "x.csv"]))
    assert not MACHINE_PATH.search("a/work/b and https://example.org/home/x and ../shared/data")


def test_no_minified_script_is_committed():
    scripts = [path for path in committed() if path.suffix in (".js", ".css")]
    assert [name_of(p) for p in scripts if max(map(len, p.read_text(encoding="utf-8").splitlines())) > 300] == []


# --- requirements --------------------------------------------------------------------------------------------------


def pinned(file: str) -> dict[str, str]:
    """Distribution -> version of a requirements file. Fails on a line that is not pinned or comes twice."""
    found: dict[str, str] = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith(("#", "-r ")):
            continue
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][\w.]*)", line.strip())
        assert match, f"{file}: {line!r} is not pinned"
        name = match.group(1).lower().replace("_", "-")
        assert name not in found, f"{file}: {name} stands there twice"
        found[name] = match.group(2)
    return found


def test_requirements_are_pinned_and_do_not_contradict():
    assert pinned("requirements.txt").keys().isdisjoint(pinned("requirements-test.txt"))


def test_what_is_imported_is_required():
    available = importlib.metadata.packages_distributions()
    required = set(pinned("requirements.txt"))
    for path in [*TOP, *PAGES, *MODULES]:
        for node in ast.walk(parse(path)):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"raumblick"}:
                owners = {name.lower().replace("_", "-") for name in available.get(module, [])}
                assert owners & required, f"{name_of(path)} imports {module}, which requirements.txt does not name"
