"""Where the header of a publisher's table is, and what is no part of the table."""

import pytest

from optimizer.errors import InputError
from scenarios.importing.delimited import delimited


@pytest.mark.parametrize(
    "text",
    [
        "GEO_ID,n\n1,2\n",
        "\ufeffGEO_ID,n\n1,2\n",
        '"GEO_ID","n",\n"1","2",\n',  # one comma too many, in both or in one
        "GEO_ID,n\n1,2,\n",
        "GEO_ID;n\nGeography;People, all\n1;2\n",
        "Table, of many, things\n\nGEO_ID\tn\n1\t2\n",
        "GEO_ID|n\nid|x\n|y\nGeography|z\n1|2\n",
        'GEO_ID,n\n="1",="2"\n',
    ],
)
def test_the_header_is_the_row_that_has_the_key(text: str) -> None:
    found = delimited(text.encode(), "t")
    assert found.cells.to_dict("list") == {"GEO_ID": ["1"], "n": ["2"]}
    assert found.key == "GEO_ID"


def test_the_key_may_stand_last_and_labels_below_it_are_kept() -> None:
    found = delimited(b'"n","GEO_ID"\n"Estimate!!Total:","id"\n"2","1"\n', "t")
    assert found.labels == {"n": "Estimate!!Total:", "GEO_ID": "id"}
    assert found.cells["n"].tolist() == ["2"]


def test_a_table_without_a_known_key_begins_with_its_first_row() -> None:
    found = delimited(b"Name,n\nid,2\n", "t")
    assert (found.key, found.cells["Name"].tolist()) == (None, ["id"])


def test_text_is_utf_8_or_else_windows_1252() -> None:
    for coding in ("utf-8", "utf-8-sig", "cp1252", "latin-1"):
        assert delimited("GEO_ID,NAME\n1,Doña Ana\n".encode(coding), "t").cells["NAME"].tolist() == ["Doña Ana"]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"GEO_ID,n\n1,2,3\n", b"GEO_ID,n\n1,2,,,\n", b"a\0b,c\n1,2\n"])
def test_what_is_no_table_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError, match="t: cannot be read as a table"):
        delimited(raw, "t")
