"""Why no valid plan has a pair of block and school, in words: for `rezone explain` and the table."""

from __future__ import annotations

from optimizer.district import District
from optimizer.striking import Contradiction
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words


def struck_words(district: District, found: Contradiction, t: Words) -> Text:
    """What would follow from the pair, and cannot be."""
    names = {"school": district.school_names[found.at]}
    if found.kind in ("cut", "full"):
        return t(f"struck.{found.kind}", block=district.block_ids[found.other], **names)
    amounts = {key: t.amount(value, "students") for key, value in (("amount", found.amount), ("limit", found.limit))}
    known = "size" if found.name == "size" else "other"
    return t(f"struck.{found.kind}_{known}", name=found.name, **amounts, **names)
