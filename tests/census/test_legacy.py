"""PL 94-171 in its three layouts: what lies in one record of the header and of each segment comes together."""

import zipfile
from pathlib import Path

import pytest

from optimizer.errors import InputError
from scenarios.census.children import children
from scenarios.census.legacy import SEGMENTS
from scenarios.census.read_areas import read_areas

BLOCK = "440070001011000"
# Record number, summary level, component, code, people, adults.
ROWS = (
    ("0000001", "040", "00", "44", 90, 60),
    ("0000002", "040", "43", "44", 80, 50),  # the state's rural component: no area
    ("0000003", "050", "00", "44007", 90, 60),
    ("0000004", "140", "00", "44007000101", 90, 60),
    ("0000005", "750", "00", BLOCK, 30, 20),
    ("0000006", "750", "00", "440070001011001", 60, 40),
)


def _header(vintage: int) -> str:
    lines = []
    for number, level, component, code, *_ in ROWS:
        if vintage == 2020:
            fields = ["PLST", "RI", level, "00", component, "000", "00", number, f"{level}0000US{code}", code]
            lines.append("|".join([*fields, *[""] * 87]))
        else:
            name, state = ("uPL   ", 29) if vintage == 2000 else ("PLST  ", 27)
            line = f"{name}RI{level}{component}00000{number}".ljust(state) + code[:5]
            lines.append(line.ljust(55 if vintage == 2000 else 54) + code[5:] + " " * 200)
    return "\n".join(lines) + "\n"


def _segment(vintage: int, k: int) -> str:
    """The people of a row in each cell of P1 and P2, its adults in each of P3 and P4."""
    cells = sum(n for table, n in SEGMENTS[k] if vintage != 2000 or table != "H1")
    lines = []
    for number, *_, people, adults in reversed(ROWS):
        count = people if k != 2 else adults
        head = ["uPL" if vintage == 2000 else "PLST", "RI", "000", f"{k:02}", number.lstrip("0")]
        lines.append(("|" if vintage == 2020 else ",").join([*head, *[str(count)] * cells]))
    return "\n".join(lines) + "\n"


def _files(tmp_path: Path, vintage: int) -> list[Path]:
    texts = {"geo": _header(vintage)} | {
        f"{k:05}": _segment(vintage, k) for k in ((1, 2, 3) if vintage == 2020 else (1, 2))
    }
    for name, text in texts.items():
        (tmp_path / f"ri{name}.{vintage}").write_text(text)
    return [tmp_path / f"ri{name}.{vintage}" for name in texts]


@pytest.mark.parametrize("vintage", [2000, 2010, 2020])
@pytest.mark.parametrize("packed", [True, False])
def test_each_layout_is_joined_by_record_number(tmp_path: Path, vintage: int, packed: bool) -> None:
    paths = _files(tmp_path, vintage)
    if packed:
        with zipfile.ZipFile(tmp_path / "ri.pl.zip", "w") as archive:
            for path in paths:
                archive.write(path, path.name)
        paths = [tmp_path / "ri.pl.zip"]
    found = read_areas(paths, "block")
    assert found.ids == (BLOCK, "440070001011001")
    assert found.cell("P2_001").tolist() == [30, 60]
    assert found.cell("P4_073").tolist() == [20, 40]
    assert ("H1_001" in found.values, "P5_001" in found.values) == (vintage != 2000, vintage == 2020)
    assert {code: cells["P1_001"] for code, cells in found.above.items()} == {"44": 90, "44007": 90}
    assert children(found, found)["white"].tolist() == [10, 20]
    assert read_areas(paths, "tract", "P4").ids == ("44007000101",)


def test_files_of_another_state_or_none_are_missed(tmp_path: Path) -> None:
    paths = _files(tmp_path, 2020)
    with pytest.raises(InputError, match="no geographic header or no segments were given of the states: RI"):
        read_areas(paths[:1], "block")
    paths[1].write_text(_segment(2020, 1).replace("|6|", "|7|"))
    with pytest.raises(InputError, match=r"1 records of rigeo\.2020 are not in it"):
        read_areas(paths, "block")
    paths[1].write_text(_segment(2020, 1).replace("|90|", "|", 1)[:60])
    with pytest.raises(InputError, match="where a segment 00001 has 149"):
        read_areas(paths, "block")
