"""Long tables, a row a school and kind of child, as a row a school."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

KEYS = ["id", "field"]


def tallied(rows: pd.DataFrame) -> pd.DataFrame:
    """By id and field, the sum of the cells of `count` that are numbers, one of the marks among the others, and how
    many are empty. Tallies of parts are tallied by `spread`."""
    text = rows["count"].str.strip()
    number = pd.to_numeric(text.str.replace(",", ""), errors="coerce")
    known = number >= 0
    parts = {
        "number": number.where(known),
        "mark": text.where(~known, ""),
        "empty": (text == "").astype(int),
    }
    return _summed(rows[KEYS].assign(**parts))


def spread(tallies: Iterable[pd.DataFrame], more: Sequence[str] = ()) -> pd.DataFrame:
    """A row a school of text cells: the sum, or a mark where a part of it is not known. Empty where no row is.

    more: fields that are columns in any case."""
    table = _summed(pd.concat([tally.reset_index() for tally in tallies]))
    sums = table["number"].map("{:.0f}".format, na_action="ignore").fillna("").astype(object)
    partly = (table["empty"] > 0) & (sums != "")
    cells = sums.mask(table["mark"] != "", table["mark"]).mask(partly & (table["mark"] == ""), "null")
    wide = cells.unstack("field").fillna("").astype(str)
    return wide.reindex(columns=list(dict.fromkeys([*wide.columns, *more])), fill_value="").reset_index()


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby(KEYS, sort=False)
    return pd.DataFrame(
        {"number": grouped["number"].sum(min_count=1), "mark": grouped["mark"].max(), "empty": grouped["empty"].sum()}
    )
