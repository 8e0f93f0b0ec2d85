"""A table laid: the district under its rules, and the folder in which its plans are kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from optimizer.district import District
from optimizer.errors import Fault, InputError
from scenarios.answer.redraws import OneByOne
from scenarios.asking.options import Settings
from scenarios.paper.wording import counted
from scenarios.table.about import Packed
from scenarios.table.addresses import addresses_of
from scenarios.table.asks.bench import Ground
from scenarios.table.jobs import Jobs
from scenarios.table.journal import FILE, Journal
from scenarios.table.judging import judge_of
from scenarios.table.proposals import Proposals
from scenarios.table.table import Table
from scenarios.table.windows import as_text

IDS = "ids"  # under which the journal keeps which blocks and schools its plans are of


def laid(
    read: District,
    settings: Settings,
    language: str,
    folder: Path,
    draws: int = 0,
    *,
    source: Path | None = None,
    addresses: Path | None = None,
) -> Table:
    """read: as its folder, `source`, has it. folder: of the plans, held by this process. addresses: a file of them.
    Raises InputError where rules do not fit the district, the plans are of another one, or the file is no addresses."""
    judge = judge_of(read, settings)
    found = addresses_of(judge.district, addresses)
    journal = Journal(folder / FILE)
    try:
        need_same(journal, judge.district)
        table = Table(judge, settings, journal, language, draws)
    except BaseException:
        journal.close()
        raise
    table.proposals = Proposals(folder / FILE)
    table.redraws = OneByOne(read, settings.options.seed, source)
    table.source = source
    table.addresses = Packed.of(as_text(found).encode()) if found["text"] else None
    table.about()  # while the rest is laid, and a browser opens
    table.jobs = Jobs(Ground(read, settings, source), table.publish)
    return table


def need_same(journal: Journal, district: District) -> None:
    """Raises InputError where the journal's plans are of other blocks or schools. New counts change no plan."""
    kept = journal.meta(IDS)
    if kept is None:
        journal.keep(IDS, json.dumps({"blocks": district.block_ids, "schools": district.school_ids}))
        return
    had = json.loads(kept)
    if had["blocks"] == list(district.block_ids) and had["schools"] == list(district.school_ids):
        return
    where, mend = str(journal.path), "Name another folder with --out"
    misfits = _misfits(had, journal, district)
    if not misfits:
        problem = "holds plans of other schools"
        raise InputError(Fault(where, problem, f"{mend}, or give the rules that open schools as before"))
    problem = f"holds plans of another district: {counted(misfits, 'block')} do{'es' if misfits == 1 else ''} not fit"
    raise InputError(Fault(where, problem, mend))


def _misfits(had: dict[str, list[str]], journal: Journal, district: District) -> int:
    """How many blocks only the plans or only the district have, or the district has not the school that some plan gives
    them."""
    blocks, schools = set(district.block_ids), set(district.school_ids)
    lost = np.array([block not in blocks for block in had["blocks"]])
    gone = np.array([school not in schools for school in had["schools"]])
    for row in journal.plans():
        first = next(iter(journal.entries(row.id)))
        lost |= gone[np.array(first.data["schools"])]
    return int(lost.sum()) + len(blocks - set(had["blocks"]))
