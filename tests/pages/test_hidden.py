"""What the committee must not see is nowhere: not on screen, in a map, in a chart, in a payload or in a download.

Each test first finds the secret in the planners' view, so that a search which finds nothing means something.
"""

import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from desk import DATA_PAGES, Desk
from homes import HIDDEN_CELLS, HIDDEN_TEXTS
from reading import Content, everything, maps

VALUES = (100 * 2 / 7, 64.11, 1000 * 1 / 47, 118.55)  # hidden rates and the upper ends of their intervals
AREAS = ("00", "02", "03", "05", "B0", "B1", "mini")
HIDDEN = "geheim"


@dataclass(frozen=True)
class Seen:
    """What a page gave: everything that was sent, the payloads of its maps, its tables."""

    content: Content
    maps: list[dict]
    tables: list[pd.DataFrame]


def walk(desk):
    """Every page, every area of interest, every indicator on every level: (where, what was seen)."""
    for title in DATA_PAGES:
        yield title, look(desk, title, gebiet="00")
    for area in AREAS:
        yield f"Steckbrief {area}", look(desk, "Steckbrief", gebiet=area)
    for view in ("blatt", "luecken", "quellen", "stand"):
        yield f"Quellen {view}", look(desk, "Daten und Quellen", blick=view)
    for indicator in ("sgb2_u15", "hze_rate", "hze_stock"):
        for level in ("ortsteil", "bezirk"):
            for mode in ("wert", "veraenderung"):
                address = {"kennzahl": indicator, "ebene": level, "zeige": mode, "gebiet": "00"}
                yield f"Karte {indicator} {level} {mode}", look(desk, "Karte", **address)


def look(desk, title: str, **address: str) -> Seen:
    at = desk.open(title, unfold=True, **address)
    assert not at.exception
    return Seen(everything(at, desk.downloads), maps(at), [frame.value for frame in at.dataframe])


def texts(at) -> list[str]:
    """All running text, notices and tables of a page."""
    words = [text.value for text in (*at.markdown, *at.caption, *at.info, *at.warning, *at.error)]
    return words + [frame.value.to_csv() for frame in at.dataframe]


def look_everywhere(home: Path, folder: Path) -> None:
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        desk = Desk(patch)
        for view in ("planung", "ausschuss"):
            desk.sit(home, view)
            found[view] = dict(walk(desk))
    (folder / "pages").write_bytes(pickle.dumps(found))


@pytest.fixture(scope="module")
def pages(once, guarded_home) -> dict[str, dict[str, Seen]]:
    """What both views of every page give."""
    folder = once("hidden_pages", lambda folder: look_everywhere(guarded_home, folder))
    return pickle.loads((folder / "pages").read_bytes())


@pytest.mark.parametrize("secret", HIDDEN_TEXTS)
def test_no_hidden_value_is_written_anywhere(pages, secret):
    planners = [where for where, seen in pages["planung"].items() if seen.content.holds(secret)]
    committee = [where for where, seen in pages["ausschuss"].items() if seen.content.holds(secret)]
    assert planners
    assert committee == []


@pytest.mark.parametrize("secret", VALUES)
def test_no_hidden_value_is_in_a_chart_or_map(pages, secret):
    assert any(seen.content.near(secret) for seen in pages["planung"].values())
    assert [where for where, seen in pages["ausschuss"].items() if seen.content.near(secret)] == []


def test_a_hidden_payment_is_not_shown(pages):
    signs = (lambda page: page.holds("432"), lambda page: page.holds("432,25"), lambda page: page.near(432.25e-6, 1e-9))
    for sign in signs:
        assert any(sign(seen.content) for seen in pages["planung"].values())
        assert [where for where, seen in pages["ausschuss"].items() if sign(seen.content)] == []


@pytest.mark.parametrize(("area", "indicator", "numerator", "below"), HIDDEN_CELLS)
def test_a_hidden_area_is_dotted_on_the_map_and_has_no_number(pages, area, indicator, numerator, below):
    place = int(area)  # maps are aligned with the ascending area_id
    for mode in ("wert", "veraenderung"):
        where = f"Karte {indicator} ortsteil {mode}"
        seen, kept = (pages[view][where].maps[0] for view in ("planung", "ausschuss"))
        assert seen["numbers"][place] is not None
        assert seen["classes"][place] >= 0
        assert kept["numbers"][place] is None
        assert kept["classes"][place] == -2
        assert sum(number is None for number in kept["numbers"]) == 2  # the cell and what would give it away


@pytest.mark.parametrize(("area", "indicator", "numerator", "below"), HIDDEN_CELLS)
def test_tables_say_hidden_where_planners_read_a_number(pages, area, indicator, numerator, below):
    seen, kept = (pages[view][f"Karte {indicator} ortsteil wert"].tables[0] for view in ("planung", "ausschuss"))
    row = {frame_name: frame.set_index("Schlüssel").loc[area] for frame_name, frame in (("seen", seen), ("kept", kept))}
    assert row["seen"].iloc[1] not in ("", HIDDEN)
    assert row["kept"].iloc[1] == HIDDEN
    assert row["seen"]["Zähler"] == str(numerator)
    assert row["kept"]["Zähler"] == ""
    standing = pages["ausschuss"][f"Steckbrief {area}"].tables
    assert any(HIDDEN in frame.to_numpy() for frame in standing)


def test_downloads_hold_no_hidden_number_and_say_so(pages):
    kept = pages["ausschuss"]["Karte hze_stock ortsteil wert"]
    assert kept.content.texts.count(HIDDEN) >= 3  # screen, CSV, XLSX


def test_a_hidden_occupancy_is_not_an_empty_cell(pages):
    offers = next(f for f in pages["ausschuss"]["Steckbrief 02"].tables if "belegt" in f.columns)
    assert list(offers["belegt"]) == [HIDDEN]


def test_a_small_occupancy_is_seen_by_planners_only(pages):
    occupancy = {}
    for view in pages:
        frames = pages[view]["Steckbrief 02"].tables
        occupancy[view] = list(next(f for f in frames if "belegt" in f.columns)["belegt"])
    assert occupancy["planung"] == ["2"]
    assert occupancy["ausschuss"] != ["2"]


def test_the_committee_reads_only_from_the_public_file(guarded_home, desk, tmp_path):
    """With nothing but zeros in the internal file the committee's pages say the same as before."""
    desk.sit(guarded_home, "ausschuss")
    before = {title: texts(desk.open(title)) for title in DATA_PAGES}
    home = shutil.copytree(guarded_home, tmp_path / "home")
    for file in home.rglob("internal.duckdb"):
        file.write_bytes(b"\0" * file.stat().st_size)
    desk.sit(home, "ausschuss")
    for title in DATA_PAGES:
        at = desk.open(title)
        assert not at.exception
        assert texts(at) == before[title], title
    desk.sit(home, "planung")
    assert any("rollback" in info.value for info in desk.open("Überblick").info)
