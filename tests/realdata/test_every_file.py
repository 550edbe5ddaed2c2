"""Every file of the real data is taken by a city, or the one finding says why not.

The city of each file is there before: Leipzig and Berlin with areas and the little that the files build on. Nothing is
listed here that is taken: only what is refused, with the code that has to say it. A new file must be taken.
"""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from raumblick.catalogue import load_catalogue
from raumblick.ingest import Target, check_only
from raumblick.settings import Settings

SHARED_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)
# Read whole by other tests (test_leipzig, test_budgets) or by the folder import of the fixture: one of a kind is enough
# here, all with RAUMBLICK_EVERY_FILE=1.
SAMPLED = {"leipzig/statistik_lang.csv", "budget/kiel_Haushalt-Kiel-2017.csv", "budget/wesel_hhplan2017.csv"}
SAMPLED |= {"budget/berlin_bezirke_jugend_2026_2027_ansatz.csv", "formats/genesis_tabelle/22543-01-01-4_00.csv"}
SAMPLED |= {f"berlin/bevoelkerung/{year}-{half}.csv" for year in range(2015, 2025) for half in ("01", "02")} - {
    "berlin/bevoelkerung/2015-02.csv", "berlin/bevoelkerung/2019-02.csv", "berlin/bevoelkerung/2024-02.csv",
}  # fmt: skip
EVERY = bool(os.environ.get("RAUMBLICK_EVERY_FILE"))
REFUSED = {  # file -> code of the finding that says why
    "SOURCES.md": "file_text",
    "berlin/ewr_kinder_2001_2016.csv": "areas_unknown",  # running numbers in place of keys; needs the files of 2015 and 2016
    "berlin/kitas_2025-10.csv": "list_older",
    "berlin/lor_crosswalk_2006_to_2021.csv": "crosswalk_compared",  # the city has better shares
    "berlin/mss_2013_plr447.csv": "rates_left_out",  # shares without counts in the old areas
    "berlin/mss_2015_plr447.csv": "rates_left_out",
    "berlin/mss_2017_plr447.csv": "rates_left_out",
    "berlin/mss_2019_plr447.csv": "rates_left_out",
    "formats/genesis_ffcsv/1000A-2022_0.csv": "no_area",  # states of Germany, no town
    "formats/genesis_ffcsv/32421-0012_2.csv": "no_area",
    "leipzig/bezirke.json": "level_compared",  # joined from the Ortsteile
}
TARGETS = {  # files of other places belong to a city of their own
    "budget/ebersberg_jha.csv": Target("ebersberg", "Ebersberg", "09175"),
    "budget/monthly_children.csv": Target("newcastle", "newcastle"),
    "formats/hamburg/Daten_fuer_die_Stadtteilprofile_2014.xlsx": Target("hamburg", "Hamburg", "02000"),
}
FORMATS = Target("leipzig-neu", "Leipzig", "14713")


def files() -> list[str]:
    """Every file of the real data, relative; one mark that skips where there are none."""
    if not SHARED_DATA.is_dir():
        return ["(keine Daten)"]
    return sorted(path.relative_to(SHARED_DATA).as_posix() for path in SHARED_DATA.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def home(real_home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leipzig and Berlin, which the single files build on."""
    folder = tmp_path_factory.mktemp("every")
    for city in ("leipzig", "berlin"):
        shutil.copytree(real_home(city), folder, dirs_exist_ok=True)
    return folder


def target_of(name: str) -> Target:
    if name in TARGETS:
        return TARGETS[name]
    room = name.split("/")[0]
    return {"leipzig": Target("leipzig"), "berlin": Target("berlin"), "formats": FORMATS}.get(room, Target("test", "Test"))


@pytest.mark.realdata
@pytest.mark.parametrize("name", [name for name in files() if EVERY or name not in SAMPLED])
def test_a_file_is_taken_or_the_reason_is_said(shared_data, home, name):
    reading = check_only(shared_data / name, Settings(home=home), load_catalogue(), target_of(name))
    codes = {finding.code for finding in reading.findings}
    if name in REFUSED:
        assert not reading.ok and REFUSED[name] in codes, [str(finding) for finding in reading.findings]
    else:
        assert reading.ok, [str(finding) for finding in reading.findings if finding.severity == "error"]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("berlin/bevoelkerung/2015-02.csv", "population"),  # 447 old areas
        ("berlin/bevoelkerung/2019-02.csv", "population"),  # 448 old areas
        ("berlin/bevoelkerung/2024-02.csv", "population"),
        ("berlin/kitas_2026-01.csv", "facility"),
        ("berlin/zensus2022_100m_kinder_0_9.csv", "cell"),
        ("leipzig/schulen_2019.csv", "facility"),
        ("leipzig/kdvalues_einwohner.json", "observation"),
    ],
)
def test_a_file_alone_says_what_the_folder_said(shared_data, home, name, table):
    """Rows that come a second time, alone, are those that the whole folder gave: no vintage is mixed, nothing is guessed."""
    from raumblick.snapshot.kept import FILE, kept_rows
    from raumblick.snapshot.publish import Shelf

    target = target_of(name)
    reading = check_only(shared_data / name, Settings(home=home), load_catalogue(), target)
    shelf = Shelf(home, target.city_id)
    kept = kept_rows(shelf.path(shelf.current()) / FILE, table)
    part = reading.delivery.parts[table].frame
    spec = load_catalogue().tables[table]
    measures = [c.name for c in spec.columns if c.type in ("integer", "number") and c.name not in spec.key]
    key = [f"_{place}" for place, _ in enumerate(spec.key)]

    def keyed(frame):
        return frame.assign(**{new: frame[old].astype(str).replace({"<NA>": "", "nan": ""}).str.replace(r"\.0$", "", regex=True)
                               for new, old in zip(key, spec.key, strict=True)}).set_index(key)  # fmt: skip

    before = keyed(kept)[measures].astype("Float64").add_suffix("_kept")
    both = keyed(part)[measures].astype("Float64").join(before, how="left")
    assert len(both) == len(part) > 50
    for measure in measures:
        gap = (both[measure] - both[f"{measure}_kept"]).abs().fillna(0.0)
        alike = both[measure].isna() == both[f"{measure}_kept"].isna()
        assert alike.all() and (gap < 1e-6).all(), measure
