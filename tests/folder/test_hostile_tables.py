"""Tables that nobody should write, and every command that reads them: one clear error, never a traceback."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from hostile import Spoil, all_refuse, device, link, moments, pipe, raw, table

# What is spoilt, how, and what is said of it.
FOLDERS: dict[str, tuple[Spoil, str]] = {
    "column twice": (
        raw("travel.csv", "block_id,school_id,minutes,minutes\nr0c0,x,1,2\n"),
        "column 'minutes': the column stands twice",
    ),
    "capitals": (raw("travel.csv", "block_id,school_id,minutes,Minutes\nr0c0,x,1,2\n"), "columns differ by capitals"),
    "seats twice": (raw("schools.csv", "school_id,name,lon,lat,capacity,capacity\nx,X,1,1,1,2\n"), "stands twice"),
    "adjacency twice": (raw("adjacency.csv", "block_id,neighbour_id,block_id\nr0c0,r0c1,r0c2\n"), "stands twice"),
    "toml twice": (
        raw("district.toml", 'name = "a"\nname = "b"\ngroups = []\n'),
        "a key or table stands twice, at line 2",
    ),
    "toml deep": (raw("district.toml", 'name = "a"\ngroups = ' + "[" * 3000 + "]" * 3000), "inside each other"),
    "toml control": (raw("district.toml", 'name = "\\u001b[31m"\ngroups = []\n'), "holds control characters"),
    "toml long": (raw("district.toml", f'name = "{"n" * 300}"\ngroups = []\n'), "too long for an id or a name"),
    "toml latin": (raw("district.toml", 'name = "é"'.encode("latin-1")), "is not UTF-8 text at line 1"),
    "two of travel": (lambda f: (table("travel.csv")(f), table("travel.parquet")(f)), "both are there"),
    "travel link": (link("travel.csv"), "travel.csv: is a link to"),
    "travel link of the other kind": (link("travel.parquet"), "travel.parquet: is a link to"),
    "adjacency link": (link("adjacency.csv"), "adjacency.csv: is a link to"),
    "travel in capitals": (raw("Travel.CSV", "block_id,school_id,minutes\n"), "is not read: the name is travel.csv"),
    "adjacency in capitals": (raw("ADJACENCY.csv", "x"), "is not read: the name is adjacency.csv"),
    "travel in two spellings": (
        lambda f: (table("travel.csv")(f), raw("Travel.csv", "x")(f)),
        "travel.csv and Travel.csv: both are there, and differ by capitals alone. Keep one of them",
    ),
    "schools in two spellings": (raw("SCHOOLS.csv", "x"), "schools.csv and SCHOOLS.csv: both are there"),
    "plans in capitals": (lambda f: (f / "Plans").mkdir(), "is not read: the name is plans"),
    "yes as text": (table("schools.csv", capacity=["true", ""]), "not a number that can be used: x (true). Give"),
    "school without a name": (table("schools.csv", name=[" ", "Y"]), "column 'name': the name is empty: x"),
    "toml without a name": (raw("district.toml", 'name = " "\ngroups = []\n'), "column 'name': the name is missing"),
    "capitals in the other file": (table("schools.csv", school_id=["X", "Y"]), "They differ by capitals alone"),
    "travel folder": (lambda f: (f / "travel.csv").mkdir(), "travel.csv: is a folder"),
    "travel pipe": (pipe("travel.csv"), "is a pipe or a device"),
    "travel device": (device("travel.parquet"), "is a pipe or a device"),
    "adjacency pipe": (pipe("adjacency.csv"), "is a pipe or a device"),
    "toml device": (lambda f: ((f / "district.toml").unlink(), device("district.toml")(f)), "is a pipe or a device"),
    "empty travel": (raw("travel.csv", ""), "travel.csv: is empty"),
    "travel without rows": (raw("travel.csv", "block_id,school_id,minutes\n"), "travel.csv: holds no rows"),
    "adjacency without rows": (raw("adjacency.csv", "block_id,neighbour_id\n"), "adjacency.csv: holds no rows"),
    "schools without rows": (raw("schools.csv", "school_id,name,lon,lat\n"), "schools.csv: holds no schools"),
    "utf-16": (raw("schools.csv", "school_id,name,lon,lat\nx,X,1,1\n".encode("utf-16")), "is UTF-16 text"),
    "latin-1": (raw("schools.csv", "school_id,name,lon,lat\nx,Ä,1,1\n".encode("latin-1")), "is not UTF-8 text"),
    "NUL": (raw("schools.csv", b"school_id,name,lon,lat\nx,\0,1,1\n"), "holds NUL bytes"),
    "quote": (raw("schools.csv", 'school_id,name,lon,lat\nx,"X,1,1\n'), "a quotation mark in row 2 has not its other"),
    "rows too long": (raw("travel.csv", "block_id,school_id,minutes\nr0c0,x,1\nr0c1,x,1,5\n"), "line 3 has 4 cells"),
    "parquet of text": (raw("travel.parquet", "hello"), "cannot be read as parquet"),
    "durations": (table("travel.parquet", minutes=moments("duration")), "holds durations"),
    "dates": (table("travel.parquet", minutes=moments("date")), "holds dates"),
    "days": (table("travel.parquet", minutes=[datetime.date(2026, 1, 1)] * 8), "holds dates"),
    "yes and no": (table("travel.parquet", minutes=[True] * 8), "true and false are not numbers: r0c0"),
    "lists": (table("travel.parquet", minutes=[[1.0]] * 8), "neither a number nor text"),
    "structs": (table("travel.parquet", minutes=[{"a": 1.0}] * 8), "neither a number nor text"),
    "bytes": (table("travel.parquet", minutes=[b"1"] * 8), "neither a number nor text"),
    "number ids": (table("travel.parquet", block_id=range(8)), "holds numbers: ids must be text"),
    "list ids": (table("travel.parquet", block_id=[["a"]] * 8), "ids must be text"),
    "seats beyond": (table("schools.csv", capacity=["1e308", "1e308"]), "of 1,000,000,000,000 at most"),
    "name steers": (table("schools.csv", name=["A\x07", "B"]), "holds control characters: A\\x07"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_command_says_what_is_wrong_with_a_table(name: str, good: Path, rezone, tmp_path: Path) -> None:
    spoil, words = FOLDERS[name]
    all_refuse(spoil, words, list(FOLDERS).index(name), good, rezone, tmp_path)


@pytest.mark.parametrize("word", ["true", '"a"', "[1]", "2026-01-01", "{ a = 1 }", "-0.5"])
def test_limits_are_refused_in_the_words_of_their_file(word: str, good: Path, rezone, tmp_path: Path) -> None:
    shutil.copytree(good / "d", tmp_path / "d")
    head = tmp_path / "d" / "district.toml"
    head.write_text(head.read_text().partition("[limits]")[0] + f"[limits]\nmax_moved = {word}\n")
    err = rezone("check", tmp_path / "d")[2]
    assert f"column 'max_moved': {word.replace(chr(34), chr(39))} cannot be used: it must be a number" in err
    assert ".0" not in err


def test_files_beside_those_that_are_read_are_named(good: Path, rezone, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    shutil.copytree(good / "d", folder)
    for name, meant in {
        "adjacency.parquet": "adjacency.csv",
        "Schools.xlsx": "schools.csv",
        "travel.json": "travel.parquet or travel.csv",
    }.items():
        (folder / name).write_text("x")
        status, _, err = rezone("check", folder)
        assert (status, err) == (0, f"warning: {name}: is not read: the name is {meant}\n")
        (folder / name).unlink()
    (folder / "blocks.txt").write_text("notes are nobody's business")
    assert rezone("check", folder)[2] == ""
