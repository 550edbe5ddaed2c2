"""What a snapshot holds: counts of the mini city by hand."""

from raumblick.answers.inventory import inventory


def test_coverage_counts_known_hidden_and_estimated(planung, ausschuss, varied):
    def cover(store, key: str, period: str) -> tuple[int, int, int, int]:
        rows = inventory(store, "ortsteil").coverage.set_index(["indicator", "period"])
        row = rows.loc[(key, period)]
        return tuple(int(row[name]) for name in ("known", "hidden", "estimated", "areas"))

    assert cover(planung, "sgb2_u15", "2023") == (8, 0, 0, 8)
    assert cover(ausschuss, "sgb2_u15", "2023") == (6, 2, 0, 8)  # a second one guards the first
    assert cover(varied, "sgb2_u15", "2023") == (7, 0, 0, 8)
    assert cover(planung, "kita_cov_u6", "2023") == (8, 0, 8, 8)
    assert cover(planung, "housing_space", "2023") == (0, 0, 0, 8)


def test_coverage_counts_numerators(planung):
    rows = inventory(planung, "ortsteil").coverage
    counted = rows.groupby("indicator")["counted"].sum()
    assert (counted["sgb2_u15"], counted["housing_space"]) == (8 * 3, 0)


def test_indicators_are_those_with_a_number_on_the_level(planung):
    known = {sheet.key: sheet for sheet in inventory(planung, "bezirk").indicators}
    assert set(known) == {"sgb2_u15", "pop_total", "pop_u6", "pop_u21", "pop_u15_share", "pop_u18_share", "kita_cov_u6"}
    assert (known["sgb2_u15"].first_period, known["sgb2_u15"].last_period) == ("2021", "2023")
    assert known["pop_total"].denominator == ""


def test_sources_say_how_much_rests_on_them(planung):
    sources = inventory(planung, "ortsteil").sources.set_index("source_id")
    # 11 areas in 3 years of sgb2_u15 and the 2 gaps of housing_space
    assert sources.loc["s1", "values"] == 11 * 3 + 2
    # 5 indicators of residents in 11 areas and 3 years, kita_cov_u6 in the last
    assert sources.loc["raumblick", "values"] == 11 * (5 * 3 + 1)
    assert sources.loc["s1", "title"] == "Ministatistik"


def test_tables_have_as_many_rows_as_delivered_and_rolled_up(planung):
    tables = inventory(planung, "ortsteil").tables.set_index("name")["rows"]
    assert tables["facility"] == 8
    assert tables["population"] == 11 * 3 * 6 * 2
    assert tables["observation"] == 11 * (3 + 5 * 3 + 1) + 2
    assert inventory(planung, "ortsteil").manifest["city"]["title"] == "Ministadt"
