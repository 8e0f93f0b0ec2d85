"""What a bundle says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.reading.records import Document
from scenarios.version import rezone_version

Docs = Mapping[str, Document]


def about(docs: Docs) -> dict[str, str]:
    """Provenance, for layers."""
    first = next(iter(docs.values()))
    return {
        "district": first.summary.district,
        "program": f"rezone {rezone_version()}",
        "privacy": f"counts under {first.published.threshold:g}, and those that give them away, are left out",
        "units": f"shares are fractions from 0 to 1; travel in {first.travel_unit}",
    }


def readme(docs: Docs, written: Mapping[str, str], *, twin: bool) -> str:
    """README.txt: what the files are, what was left out, and what that protects against."""
    first = next(iter(docs.values()))
    least = f"{first.published.threshold:g}"
    lines = [
        f"{first.summary.district}: attendance zones",
        "",
        f"Made by rezone {rezone_version()} for the public. Plans: {', '.join(docs)}, beside today's zones.",
        "",
        *(line.format(least=least) for line in LEFT_OUT),
        *(f"  {name}: {doc.published.suppressed} counts left out" for name, doc in docs.items()),
        *(line.format(least=least) for line in PROTECTED),
        "",
        "FILES",
        *(f"  {name}: {what}" for name, what in written.items()),
    ]
    if "report.html" not in written:
        lines += ["", "There is no report.html: so many figures had to be left out that its sentences would be empty."]
    if twin:
        lines += ["", *TWIN]
    return "\n".join([*lines, ""])


LEFT_OUT = (
    "WHAT IS LEFT OUT",
    "Counts of children under {least} are left out, and further counts from which they could be worked out: from",
    "totals, or by setting two plans against each other. In the tables their cells are empty.",
)
PROTECTED = (
    "The smallest areas protected are the blocks that lie in the same zone under every plan of this bundle. Linear",
    "programs have found, for each small count there, tables that agree with every count, seat and figure given here",
    "and in which that count differs by {least} or more. Means, shares and measures are rounded so far that all these",
    "tables agree with them (tables/measures.csv says in off_by how far each may be off), or left out.",
    "No figure of a single block is given: plan files say only which school a block goes to.",
    "The protection holds for what is in this bundle. Another bundle of the same district with other plans, or figures",
    "published elsewhere, can be set against it: publish all plans in one bundle.",
)
TWIN = (
    "THE TWIN",
    "twin/ is a district folder that rezone check and rezone optimize take. It keeps: the blocks' shapes, today's",
    "zones and schools, seats, and for each of today's zones the published counts of students, groups and poverty. It",
    "invents: how many students each block has, which groups and how much poverty are where inside a zone, and",
    "whatever was left out of the tables (filled in by the district's averages). It is drawn from the published",
    "figures alone. Plans found on it show how the model works and whether limits bind; their figures are not those of",
    "the real district.",
)
