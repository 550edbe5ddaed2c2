"""The benchmarks can be run and have been run: modules, parameters, the file of results. Nothing is timed here."""

import importlib
import re

import pytest

from benchmarks import run
from benchmarks.bench_read import parameters
from benchmarks.result import Result, as_results, markdown, under
from raumblick.queries import queries_in


@pytest.mark.parametrize("name", run.names())
def test_a_benchmark_says_what_it_measures_and_can_be_run(name):
    module = run.load(name)
    assert callable(module.run)
    assert module.__doc__ and module.run.__doc__


@pytest.mark.parametrize("name", run.names())
def test_the_file_of_results_has_lines_of_every_benchmark(name):
    sections = re.split(r"^## (\w+)$", run.FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert len([line for line in found[name].splitlines() if line.startswith("| ")]) > 2
    assert "cores" in found[name] and re.search(r"Measured on \d{4}-\d\d-\d\d", found[name])


def test_every_read_query_is_given_its_parameters():
    for query in queries_in("read"):
        named = set(re.findall(r"\$(\w+)", query.sql))
        assert set(parameters(query, "stadt")) >= named, query.name


def test_the_pages_that_are_compared_can_be_imported():
    assert set(importlib.import_module("benchmarks.apps.parts").DRAW) == {"component", "folium", "plotly"}


def test_targets_are_judged():
    assert under("q", 20.0, "ms", 20.0).met and not under("q", 20.1, "ms", 20.0).met
    assert Result("m", 10.0, "ms", "folium", 50.0, 0.2).met and not Result("m", 10.1, "ms", "folium", 50.0, 0.2).met
    assert Result("m", 10.0, "ms", "folium", 50.0, 0.2).target == "at least 5 times faster"
    assert Result("m", 10.0, "ms", "empty", 50.0).met is None
    assert under("blank", 0.0, "ms", 0.0).met and not under("blank", 16.0, "ms", 0.0).met
    assert under("blank", 0.0, "ms", 0.0).ratio is None


def test_lines_as_mappings_become_results():
    lines = [{"name": "score 542 areas [s; loop scaled up]", "measured": 0.002, "peer": 0.4, "limit": 0.005}]
    peer, limit = as_results(lines)
    assert (peer.what, peer.unit, peer.against, peer.ratio) == ("score 542 areas", "s", "loop scaled up", 0.005)
    assert limit.met and limit.base == 0.005


def test_a_section_is_replaced_and_the_others_stay():
    text = run.renew(run.renew("", "read", "old\n"), "import", "kept\n")
    text = run.renew(text, "read", "new\n")
    assert text.startswith(run.HEAD) and "old" not in text
    assert text.index("## import\n\nkept") < text.index("## read\n\nnew")


def test_a_missed_target_is_seen_in_the_table():
    table = markdown([under("query x", 25.0, "ms", 20.0), under("query y", 5.0, "ms", 20.0)])
    assert [row.split(" | ")[-1] for row in table.splitlines()[2:]] == ["**no** |", "yes |"]
