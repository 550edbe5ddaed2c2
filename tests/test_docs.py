"""The documentation says what the code does: generated pages are fresh, every setting and room is named, links lead somewhere."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from raumblick.catalogue import DEFAULT_PATH
from raumblick.docs import PACKAGE_PAGE, main, refresh
from raumblick.settings import load_settings
from raumblick.tables import read_tables

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SETTING = re.compile(r"\bRAUMBLICK_[A-Z_]+\b")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TABLES = read_tables(DEFAULT_PATH / "tables.toml")


def text(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def settings_in_code() -> set[str]:
    files = [ROOT / "app.py", ROOT / "server.py", *(p for f in ("raumblick", "pages") for p in (ROOT / f).rglob("*.py"))]
    return {name for path in files if path.is_file() for name in SETTING.findall(path.read_text(encoding="utf-8"))}


def settings_page() -> dict[str, list[str]]:
    """Variable -> cells of its row."""
    rows = [line for line in text("docs", "SETTINGS.md").splitlines() if line.startswith("| `RAUMBLICK_")]
    return {cells[0].strip("`"): cells[1:] for cells in ([c.strip() for c in row.strip("|").split("|")] for row in rows)}


# --- the data package page ---------------------------------------------------------------------------------------


def test_the_data_package_page_is_up_to_date():
    page = PACKAGE_PAGE.read_text(encoding="utf-8")
    assert page == refresh(page, TABLES), "run `make docs`"


def test_the_data_package_page_describes_every_column():
    page = PACKAGE_PAGE.read_text(encoding="utf-8")
    for spec in TABLES.values():
        section = page.split(f"\n### {spec.name}\n")[1].split("\n### ")[0]
        for column in spec.columns:
            assert f"| `{column.name}` | {column.label} |" in section


def test_a_stale_page_is_seen_and_written_anew(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PACKAGE_PAGE.read_text(encoding="utf-8").replace("Altes Gebiet", "Von"), encoding="utf-8")
    stale = page.read_text(encoding="utf-8")
    assert stale != refresh(stale, TABLES)
    main(page)
    assert page.read_text(encoding="utf-8") == PACKAGE_PAGE.read_text(encoding="utf-8")


def test_an_unknown_part_is_refused():
    with pytest.raises(KeyError, match="wetter"):
        refresh("<!-- erzeugt: wetter -->\n<!-- ende: wetter -->", TABLES)


def test_text_outside_of_the_parts_stays():
    page = "Vorher\n<!-- erzeugt: uebersicht -->\nalt\n<!-- ende: uebersicht -->\nNachher"
    fresh = refresh(page, TABLES)
    assert fresh.startswith("Vorher\n<!-- erzeugt: uebersicht -->\n\n| Tabelle |")
    assert fresh.endswith("\n<!-- ende: uebersicht -->\nNachher")
    assert "alt\n" not in fresh


def test_the_descriptor_on_the_page_is_a_valid_one():
    from raumblick.intake.package import PROFILE

    block = PACKAGE_PAGE.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    descriptor = json.loads(block)
    assert descriptor["profile"] == PROFILE
    required = {name for name, spec in TABLES.items() if spec.required}
    named = {resource["name"] for resource in descriptor["resources"]}
    assert required <= named <= set(TABLES)


# --- settings ----------------------------------------------------------------------------------------------------


def test_every_setting_is_documented_and_no_other():
    assert set(settings_page()) == settings_in_code()


def test_documented_defaults_are_the_defaults():
    rows, settings = settings_page(), load_settings({})
    assert rows["RAUMBLICK_VIEW"][0] == f"`{settings.view}`"
    assert rows["RAUMBLICK_THRESHOLD"][0] == f"`{settings.threshold}`"
    assert rows["RAUMBLICK_QUERY_SECONDS"][0] == f"`{settings.query_seconds:g}`"
    assert rows["RAUMBLICK_MEMORY"][0] == f"`{settings.memory_limit}`"
    assert settings.home == ROOT / "var"
    assert rows["RAUMBLICK_HOME"][0].startswith("`var`")


# --- README and guide --------------------------------------------------------------------------------------------


def test_the_readme_starts_with_exactly_two_commands():
    block = text("README.md").split("```sh\n")[1].split("```")[0]
    assert [line.split("#")[0].strip() for line in block.splitlines()] == ["make run", "make test"]


def test_commands_in_the_documentation_exist(capsys):
    from raumblick.cli import main as command_line

    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"(?<![\w/.-])raumblick ([a-z]+)", pages))
    assert {"import", "check", "demo", "template"} <= named
    for name in named:
        with pytest.raises(SystemExit) as stopped:
            command_line([name, "--help"])
        assert stopped.value.code == 0
    capsys.readouterr()


def test_targets_in_the_documentation_exist():
    makefile = text("Makefile")
    for page in PAGES:
        for target in re.findall(r"`?\bmake ([a-z]+)", page.read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"


def test_the_guide_names_every_room():
    guide = text("docs", "ENTWICKLUNG.md")
    rooms = {path.parent.name + "/" for path in (ROOT / "raumblick").glob("*/__init__.py")}
    modules = {path.name for path in (ROOT / "raumblick").glob("*.py")} - {"__init__.py"}
    assert [name for name in sorted(rooms | modules) if name not in guide] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        goal = (page.parent / file).resolve() if file else page
        assert goal.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w-]", "", h.lower().replace(" ", "-")) for h in headings}, target


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_has_its_four_parts(path):
    content = path.read_text(encoding="utf-8")
    assert re.match(rf"# {int(path.stem[:4])}\. ", content)
    assert re.findall(r"^## (.+)$", content, re.MULTILINE) == ["Status", "Context", "Decision", "Consequences"]


# --- licence and publiccode --------------------------------------------------------------------------------------


def folded(name: str) -> list[str]:
    """The texts of every `name: >` of publiccode.yml, lines joined as YAML joins them."""
    blocks = re.findall(rf"^( +){name}: >\n((?:\1  .+\n)+)", text("publiccode.yml"), re.MULTILINE)
    return [" ".join(line.strip() for line in block.splitlines()) for _, block in blocks]


def test_the_licence_is_the_same_everywhere():
    assert "SPDX-License-Identifier: EUPL-1.2" in text("LICENSE")
    assert 'license = "EUPL-1.2"' in text("pyproject.toml")
    assert "\nlegal:\n  license: EUPL-1.2\n" in text("publiccode.yml")


def test_publiccode_has_what_the_standard_demands():
    public = text("publiccode.yml")
    demanded = "publiccodeYmlVersion name url platforms categories developmentStatus softwareType description legal"
    assert set(demanded.split()) | {"maintenance", "localisation"} <= set(re.findall(r"^(\w+):", public, re.MULTILINE))
    assert 'publiccodeYmlVersion: "0.4"' in public
    assert re.search(r"^developmentStatus: (concept|development|beta|stable|obsolete)$", public, re.MULTILINE)
    languages = re.findall(r"^  (de|en):$", public, re.MULTILINE)
    short = re.findall(r"^    shortDescription: (.+)$", public, re.MULTILINE)
    assert len(short) == len(languages) == len(folded("longDescription")) == public.count("    features:\n") == 2
    assert all(len(line) <= 150 for line in short)
    assert all(150 <= len(line) <= 10_000 for line in folded("longDescription"))


# --- the Makefile and CI -----------------------------------------------------------------------------------------


def make(*arguments: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def test_make_run_serves_only_this_machine():
    recipe = make("--dry-run", "--always-make", "run", "PORT=8765")
    assert "raumblick.cli demo --if-missing" in recipe
    assert "streamlit run server.py --server.port 8765 --server.address 127.0.0.1" in recipe


def test_make_test_runs_all_three_and_pytest_last():
    recipe = make("--dry-run", "test")
    places = [recipe.index(f"-m {tool}") for tool in ("ruff", "mypy", "pytest")]
    assert places == sorted(places)


def test_make_names_its_targets():
    assert {"make run", "make test", "make bench", "make soak"} <= set(re.findall(r"^make \w+", make("help"), re.MULTILINE))


def test_ci_calls_make_test():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "make test" and "set -euo pipefail" in lines
    subprocess.run(["bash", "-n", str(script)], check=True)


# --- threats -----------------------------------------------------------------------------------------------------


def test_every_test_that_the_table_of_threats_names_is_there():
    named = set(re.findall(r"`(test_\w+)(?:\.py)?`", text("docs", "SECURITY.md")))
    files = list((ROOT / "tests").rglob("*.py"))
    there = {path.stem for path in files}.union(*(re.findall(r"def (test_\w+)", path.read_text("utf-8")) for path in files))
    assert len(named) > 40 and named - there == set()
