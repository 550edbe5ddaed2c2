"""The lock file and the list of parts agree with the requirements, and every licence is known and fits."""

import json
import re

import pytest

from raumblick.sbom import LOCK, SBOM, licence_of, lock, plain, sbom
from raumblick.settings import ROOT

LINE = re.compile(r"([a-z0-9-]+)==([0-9][\w.]*) --hash=sha256:([0-9a-f]{64})")
FITS = {"MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "PSF-2.0", "MPL-2.0", "Zlib", "CC0-1.0"}


def fits(expression: str) -> bool:
    """True where every part of a licence is one that asks nothing of those who run Raumblick."""
    return bool(expression) and set(re.split(r" (?:AND|OR) ", expression)) <= FITS


def locked() -> dict[str, tuple[str, str]]:
    lines = [line for line in LOCK.read_text("utf-8").splitlines() if not line.startswith("#")]
    found = [LINE.fullmatch(line) for line in lines]
    assert found and all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return {match[1]: (match[2], match[3]) for match in found}


def test_the_lock_has_every_requirement_in_its_version():
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    asked = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert {plain(name): version for name, version in asked.items()} == {
        plain(name): locked().get(plain(name), ("run `make sbom`",))[0] for name in asked
    }


def test_the_list_of_parts_is_the_lock():
    listed = json.loads(SBOM.read_text("utf-8"))
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    parts = {plain(c["name"]): (c["version"], c["hashes"][0]["content"]) for c in listed["components"]}
    assert parts == locked() and len(parts) == len(listed["components"])
    refs = {c["bom-ref"] for c in listed["components"]} | {"raumblick"}
    assert {d["ref"] for d in listed["dependencies"]} == refs
    reached, left = set(), ["raumblick"]
    needs = {d["ref"]: d["dependsOn"] for d in listed["dependencies"]}
    while left:
        if (ref := left.pop()) not in reached:
            reached.add(ref)
            left += needs[ref]
    assert refs - reached == set(), "nobody asks for it"


def test_every_licence_is_known_and_fits():
    parts = json.loads(SBOM.read_text("utf-8"))["components"]
    assert {c["name"]: c["licenses"] for c in parts if not fits(c["licenses"][0]["expression"])} == {}


@pytest.mark.parametrize("expression", ["", "AGPL-3.0-only", "MIT AND AGPL-3.0-or-later", "GPL-3.0-only", "Commercial"])
def test_a_licence_that_does_not_fit_is_seen(expression):
    assert not fits(expression)


def test_no_address_of_a_registry_is_written():
    assert "://" not in LOCK.read_text("utf-8") + SBOM.read_text("utf-8")


def part(name: str, **about: object) -> dict:
    hashes = {"sha256": "a" * 64}
    return {"metadata": {"name": name, "version": "1.0", **about}, "download_info": {"archive_info": {"hashes": hashes}}}


def test_both_come_from_the_report_of_pip():
    one = part("One_X", license_expression="MIT", requires_dist=["two>=1", "three; extra == 'x'"])
    parts = [one | {"requested": True}, part("two", license="BSD-3-Clause"), part("three", license="see file LICENSE")]
    assert lock(parts).splitlines()[1:] == [f"{name}==1.0 --hash=sha256:{'a' * 64}" for name in ("one-x", "three", "two")]
    needs = {d["ref"]: d["dependsOn"] for d in sbom(parts)["dependencies"]}
    assert needs["raumblick"] == ["pkg:pypi/one-x@1.0"] and needs["pkg:pypi/one-x@1.0"] == ["pkg:pypi/two@1.0"]
    assert [licence_of(p["metadata"]) for p in parts] == ["MIT", "BSD-3-Clause", ""]
