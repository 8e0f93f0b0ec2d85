"""What publishers call the columns of a list of schools: one table of names for all forms and vintages.

Sources: file layouts of the Common Core of Data, 1986-87 to 2024-25; fields of EDGE Public School Characteristics and
EDGE geocodes; headers of exports of the ELSI table generator and of the school search (National Center for Education
Statistics)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scenarios.census.enrolments import GRADES

RACES = {  # in CCD's letters
    "native": "am",
    "asian": "as",
    "hispanic": "hi",
    "black": "bl",
    "white": "wh",
    "pacific": "hp",
    "multiracial": "tr",
}
FIELDS: dict[str, tuple[str, ...]] = {  # the better name of a field first
    "id": ("ncessch", "school id - nces assigned", "nces school id"),
    "name": ("sch_name", "schnam", "name", "school name"),
    "year": ("school_year", "survyear", "schoolyear"),
    "total": (
        "member",
        "total students all grades (excludes ae)",
        "students",
        "total",
        "total students all grades (includes ae)",
    ),
    "native": ("am", "american indian/alaska native students"),
    "asian": ("as", "asian", "asian or asian/pacific islander students"),
    "hispanic": ("hi", "hisp", "hispanic students"),
    "black": ("bl", "black", "black or african american students", "black students"),
    "white": ("wh", "white", "white students"),
    "pacific": ("hp", "pacific", "nat. hawaiian or other pacific isl. students", "hawaiian nat./pacific isl. students"),
    "multiracial": ("tr", "two or more races students"),
    "PK": ("pk", "prekindergarten students"),
    "KG": ("kg", "kindergarten students"),
    **{grade: (f"g{grade}", f"grade {int(grade)} students") for grade in GRADES[2:]},
    "UG": ("ug", "ungraded students"),
    "frl": ("totfrl", "free and reduced lunch students"),
    "free": ("frelch", "free lunch eligible", "free lunch"),
    "reduced": ("redlch", "reduced-price lunch eligible students", "reduced lunch"),
    "direct certification": ("direct certification", "directcert"),
    "lat": ("lat", "latcod", "latitude"),
    "lon": ("lon", "loncod", "longitude"),
    "low": ("gslo", "lowest grade offered", "low grade"),
    "high": ("gshi", "highest grade offered", "high grade"),
    "charter": ("charter_text", "charter school", "charter", "chartr"),
    "magnet": ("magnet_text", "magnet school", "magnet"),
    "type": ("sch_type_text", "school_type_text", "school type", "sch_type", "type"),
    "standing": ("updated_status_text", "updated_status", "sy_status_text", "sy_status", "status"),
    "meals": ("nslp_status_text", "nslpstatus_text", "nslp_status", "nslpstatus_code", "national school lunch program"),
}
CELL = re.compile(f"({'|'.join(RACES.values())})(pk|kg|ug|[01][0-9])[mf]")  # a race, a grade, a sex: AM01M
KNOWN = {name for names in FIELDS.values() for name in names}
BRACKETS = re.compile(r"(.*?)\s*\[[^\]]*school\]\s*(.*)")
KEYS = re.compile(r"ncessch|nces school id|school id - nces assigned.*", re.IGNORECASE)  # of which each form has one
LONG = ("student_count", "total_indicator")  # what a long file of CCD has in any case


def plain_name(column: str) -> tuple[str, str]:
    """A column's name without its year, and the year as it stands there: MEMBER09, LAT1516, `White Students [Public
    School] 2019-20`, `Students*`."""
    text = " ".join(column.strip().strip("*").split()).casefold()
    found = BRACKETS.fullmatch(text)
    if found:
        return found[1], found[2] if found[2][:1].isdigit() else ""
    for digits in (0, 2, 4):
        stem, year = text[: len(text) - digits], text[len(text) - digits :]
        if (year == "" or year.isdigit()) and (stem in KNOWN or CELL.fullmatch(stem)):
            return stem, year[:2]
    return text, ""


def columns_of(columns: Sequence[str]) -> tuple[dict[str, list[int]], str, list[str]]:
    """By field, the places of its columns: one, or all cells of a race that has no column of its own. With the year in
    the names, and the other years that were left."""
    told = [plain_name(column) for column in columns]
    years = sorted({year for _, year in told if year}, key=school_year)
    year = years[-1] if years else ""
    places = {name: k for k, (name, own) in reversed(list(enumerate(told))) if own == ""}
    places |= {name: k for k, (name, own) in enumerate(told) if own and own == year}
    found = {field: [places[name] for name in names if name in places][:1] for field, names in FIELDS.items()}
    for race, letters in RACES.items():
        if not found[race]:
            found[race] = [places[name] for name in places if CELL.fullmatch(name) and name.startswith(letters)]
    return {field: places for field, places in found.items() if places}, school_year(year), years[:-1]


def school_year(text: str) -> str:
    """A school's year in one form, 2009-10, of 09, 1516, 2015, 2009-2010 and 2009-10."""
    digits = re.match(r"(?:19|20)\d\d(?=\D|$)|\d\d", text.strip())
    if digits is None:
        return ""
    start = int(digits[0])
    start += 0 if start > 99 else 1900 if start > 80 else 2000
    return f"{start}-{(start + 1) % 100:02}"


def grade_of(text: str) -> str:
    """One of GRADES, of `KG`, `6`, `5th Grade`, `Prekindergarten`, `Grade 5`; '' of anything else."""
    word = text.strip().casefold()
    if word.startswith(("pk", "pre")):
        return "PK"
    if word in ("k", "kg") or word.startswith("kinder"):
        return "KG"
    number = re.fullmatch(r"(?:grade )?0?(\d\d?)(?:\.0+)?(?:(?:st|nd|rd|th) grade)?", word)
    return f"{int(number[1]):02}" if number and 1 <= int(number[1]) <= 13 else ""
