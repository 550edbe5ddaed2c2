"""Uploads: what is let in, and what is refused without leaving anything behind."""

import stat
import zipfile
from pathlib import Path

import pytest

from raumblick.intake.archive import Limits, is_area_archive, unpack
from raumblick.intake.findings import IntakeError


def pack(path: Path, members: dict[str, bytes], **more) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content, **more)
    return path


def codes(error: IntakeError) -> set[str]:
    return {finding.code for finding in error.findings}


def test_files_come_out_as_they_went_in(tmp_path):
    archive = pack(tmp_path / "a.zip", {"x.csv": b"a,b\n1,2\n", "ordner/y.csv": b"z", "__MACOSX/x.csv": b"?", ".DS_Store": b"?"})
    files = unpack(archive, tmp_path / "out")
    assert [f.relative_to(tmp_path / "out").as_posix() for f in files] == ["ordner/y.csv", "x.csv"]
    assert (tmp_path / "out/x.csv").read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "..\\x.csv", "C:\\x.csv"])
def test_names_that_lead_elsewhere_are_refused(tmp_path, name):
    archive = pack(tmp_path / "a.zip", {name: b"1"})
    with pytest.raises(IntakeError) as caught:
        unpack(archive, tmp_path / "out")
    assert codes(caught.value) == {"zip_path"}
    assert not list(tmp_path.glob("**/x.csv"))


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(IntakeError) as caught:
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert codes(caught.value) == {"zip_path"}


@pytest.mark.parametrize(
    ("members", "limits", "code"),
    [
        ({}, Limits(), "zip_empty"),
        ({f"{i}.csv": b"1" for i in range(4)}, Limits(files=3), "zip_many"),
        ({"a.csv": b"12345"}, Limits(file_size=4), "zip_file_large"),
        ({"a.csv": b"123", "b.csv": b"123"}, Limits(total_size=5), "zip_large"),
        ({"a/b/c/d/e.csv": b"1"}, Limits(), "zip_depth"),
        ({"a.csv": b"0" * (4 * 2**20)}, Limits(ratio=50), "zip_bomb"),
    ],
)
def test_too_much_is_refused(tmp_path, members, limits, code):
    archive = pack(tmp_path / "a.zip", members)
    with pytest.raises(IntakeError) as caught:
        unpack(archive, tmp_path / "out", limits)
    assert code in codes(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"no archive at all"])
def test_broken_archives_are_said(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(IntakeError) as caught:
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert codes(caught.value) == {"zip_broken"}
    assert list((tmp_path / "out").iterdir()) == []


def test_everything_wrong_is_said_at_once(tmp_path):
    archive = pack(tmp_path / "a.zip", {"../x": b"1", "a/b/c/d/e.csv": b"1"})
    with pytest.raises(IntakeError) as caught:
        unpack(archive, tmp_path / "out")
    assert codes(caught.value) == {"zip_path", "zip_depth"}


def test_a_zipped_shapefile_is_known(tmp_path):
    assert is_area_archive(pack(tmp_path / "a.zip", {"x.shp": b"", "x.dbf": b""}))
    assert not is_area_archive(pack(tmp_path / "b.zip", {"x.csv": b""}))


def test_a_member_that_does_not_unpack_is_a_finding(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", "a,b\n" * 2000)
    content = bytearray(path.read_bytes())
    start = 30 + len("a.csv")
    content[start : start + 4] = b"\xff\xff\xff\xff"  # no beginning of any packed block
    path.write_bytes(bytes(content))
    with pytest.raises(IntakeError) as caught:
        unpack(path, tmp_path / "out")
    assert [f.code for f in caught.value.findings] == ["zip_broken"]
