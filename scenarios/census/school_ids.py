"""NCES's ids of schools: 12 digits as text, of which the first 7 are the agency and the first 2 the state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Bools
from optimizer.errors import Fault, InputError, listed

WRITTEN = r"""^(?:=?"|')|"$|\.0+$"""  # what spreadsheets put around an id


@dataclass(frozen=True)
class Wanted:
    """The schools that are read. lea: of an agency alone, by its 7 digits. state: of a state alone, by its FIPS code;
    where it is given, ids that lost the zero before them have it again."""

    lea: str | None = None
    state: str | None = None

    def __post_init__(self) -> None:
        for key, value, digits in (("lea", self.lea, 7), ("state", self.state, 2)):
            if value is not None and not (value.isdecimal() and len(value) == digits):
                mend = f"Give its {digits} digits as text, zeros included"
                raise InputError(Fault(key, f"'{value}' is no code of NCES", mend))

    @property
    def holds(self) -> str:
        """What every row of a wanted school holds, whether its id lost a zero or not."""
        return (self.lea or self.state or "").lstrip("0")

    def ids(self, cells: pd.Series) -> tuple[pd.Series, Bools]:
        """Cells as ids with the zero that they lost, and which are wanted; those that are no ids are, to be told."""
        text = cells.str.strip().str.replace(WRITTEN, "", regex=True)
        short = text.str.fullmatch(r"\d{11}")
        whole = text.mask(short, "0" + text)
        wanted = np.ones(len(text), bool)
        for prefix in (self.lea, self.state):
            wanted &= whole.str.startswith(prefix or "").to_numpy(bool)
        return whole, wanted | ~whole.str.fullmatch(r"\d{12}").to_numpy(bool)

    def need_whole(self, where: str, cells: pd.Series) -> None:
        """Raises InputError on ids that lost a zero where no state is given, and on such as have lost more."""
        text = cells.str.strip().str.replace(WRITTEN, "", regex=True)
        rounded = text[text.str.fullmatch(r"\d(\.\d+)?[eE]\+?\d+").to_numpy(bool)].unique()
        if len(rounded):
            mend = "Take the file as it was downloaded: these ids cannot be known any more"
            raise InputError(Fault(where, "ids are rounded numbers", mend, ids=tuple(rounded)))
        short = text[text.str.fullmatch(r"\d{11}").to_numpy(bool)].unique()
        if len(short) and self.state is None:
            mend = f"Say the state by its FIPS code: state = '0{short[0][0]}'"
            raise InputError(Fault(where, "ids have lost the zero before them", mend, ids=tuple(short)))


def set_aside(where: str, frame: pd.DataFrame) -> tuple[Bools, list[str]]:
    """Which rows have an id of a public school, and a note of the others: by id, else by name."""
    good = frame["id"].str.fullmatch(r"\d{12}").to_numpy(bool)
    if good.all():
        return good, []
    strange = frame[~good]
    names = strange["name"] if "name" in strange else strange["id"]
    who = sorted(set(strange["id"].mask(strange["id"] == "", names)))
    return good, [
        f"{where}: {len(strange):,} without an id of 12 digits are left out, no public schools: {listed(who)}"
    ]
