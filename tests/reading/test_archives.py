"""What a zip may hold: nothing that leads out of it, no links, no bombs."""

import zipfile
from pathlib import Path

import pytest

from optimizer.errors import InputError
from scenarios.reading.archives import FREE, contents


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("inside.csv")
    info.external_attr = 0o120777 << 16
    return info


def test_files_folders_and_zips_are_what_they_hold(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.dat", "w") as archive:
        for name in ("deep/b.csv", "__MACOSX/deep/._b.csv", "deep/.DS_Store"):
            archive.writestr(name, "b")
    (tmp_path / "a.csv").write_bytes(b"a")
    (tmp_path / ".hidden").write_bytes(b"h")
    assert list(contents(tmp_path)) == [("a.csv", b"a"), ("b.csv", b"b")]
    assert list(contents(tmp_path / "b.dat")) == [("b.csv", b"b")]


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "C:/a.csv", "a\\..\\..\\b.csv", _link()])
def test_paths_and_links_that_lead_out_are_refused(tmp_path: Path, name: str | zipfile.ZipInfo) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr(name, "target")
    with pytest.raises(InputError, match=r"t\.zip: holds (paths that lead out of it|links)"):
        list(contents(tmp_path / "t.zip"))


def test_bombs_and_damage_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"0" * (FREE + 1))
    with pytest.raises(InputError, match="unpacks to more than can be read"):
        list(contents(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("t.csv", b"GEOID,n\n1,2\n")
    path.write_bytes(path.read_bytes().replace(b"1,2", b"1,3"))
    with pytest.raises(InputError, match="cannot be read as a zip"):
        list(contents(path))
