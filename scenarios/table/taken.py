"""A plan taken along: as the files that the other commands read, or as its report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from optimizer.plan import Plan
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Options, Settings
from scenarios.paper.words import Words
from scenarios.plans.file import plan_csv, write_plan_layer
from scenarios.report.repeat import rules_toml, toml
from scenarios.table.figures import plain_text
from scenarios.table.refusals import RefusedError
from scenarios.table.table import Live, Table
from scenarios.table.wishes import rules_of, states

if TYPE_CHECKING:
    from scenarios.report.page import WishRow

DRAWN = "as it was drawn"  # ends the name of the scenario that finds this plan and no other
ABOUT = (
    "# What rezone run finds anew: the plan as it was drawn, every block held where it is; and the best plan under\n"
    "# the same limits, rules, locks and wishes.\n"
)


@dataclass(frozen=True)
class Taken:
    """One way to take a plan along. kind: of the file."""

    kind: str
    make: Callable[[Table, Live, Words], bytes]


def _csv(_: Table, live: Live, __: Words) -> bytes:
    return plan_csv(_plan(live)).encode()


def _layer(_: Table, live: Live, __: Words) -> bytes:
    plan = _plan(live)
    if plan.district.geography is None:
        raise RefusedError(409, "shapes")
    with tempfile.TemporaryDirectory(prefix="rezone-") as folder:
        write_plan_layer(Path(folder) / "plan.gpkg", plan)
        return (Path(folder) / "plan.gpkg").read_bytes()


def _report(table: Table, live: Live, t: Words) -> bytes:
    from scenarios.report.given import Ask, given_data  # noqa: PLC0415 - draws maps
    from scenarios.report.page import Further, render  # noqa: PLC0415

    document = given_data(_plan(live), live.row.name, Ask(table.settings, limited=True))
    return render(document, language=t.language, further=Further(wishes=_wishes(table, live, t))).encode()


def _wishes(table: Table, live: Live, t: Words) -> list[WishRow]:
    """Each with whether the plan keeps it, and its price where it has been asked."""
    from scenarios.report.page import WishRow  # noqa: PLC0415

    found, rows = states(live.state.wishes, live.state.school, table.judge, t), []
    for key, wish in live.state.wishes.items():
        state = found.get(key, {"state": "comment"})
        told = " ".join([plain_text(t(f"table.wish_is_{state['state']}")), state.get("why", "")]).strip()
        rows.append(WishRow(wish["text"], wish["who"], wish["date"], told, (wish["price"] or {}).get("words", "")))
    return rows


def _scenario(table: Table, live: Live, _: Words) -> bytes:
    return scenario_text(table.source or Path(), table.settings, objective_spec(table.judge.objective), live).encode()


def scenario_text(district: Path, settings: Settings, objective: Any, live: Live) -> str:
    """The scenario file that finds this plan anew."""
    plan, name = _plan(live), live.row.name
    ids, schools = plan.district.block_ids, plan.district.school_ids
    moved, locked = np.flatnonzero(plan.moved), live.state.locked
    pairs = [[ids[i], schools[plan.school[i]]] for i in moved]
    held = [[ids[i], schools[plan.school[i]]] for i in moved if locked[i]]
    stay = [ids[i] for i in np.flatnonzero(~plan.moved)]
    options = {key: value for key, value in settings.options.model_dump().items() if value is not None}
    # The plan that is near stands among the rules, whole; a path would be read from where this file will lie.
    options = {key: value for key, value in options.items() if key not in ("near", "max_changed")}
    options |= {"from": str(Path(options["from"]).resolve())} if "from" in options else {}
    own = {**{key: value for key, value in options.items() if value != _default(key)}, "objective": objective}
    lines = [ABOUT, f"district = {toml(str(district.resolve()))}", "[options]"]
    lines += [f"{key} = {toml(value)}" for key, value in own.items()]
    lines += [rules_toml([dict(rule) for rule in settings.rules])] if settings.rules else []
    lines += _one(f"{name}, {DRAWN}", _require(pairs) + _lock(stay))
    wished = list(rules_of(live.state.wishes).values())
    lines += _one(name, _require(held) + _lock([ids[i] for i in np.flatnonzero(locked & ~plan.moved)]) + wished)
    return "\n".join([*lines, ""])


def _one(name: str, rules: list[Mapping[str, Any]]) -> list[str]:
    return ["[[scenario]]", f"name = {toml(name)}", f"rules = {toml(rules)}"]


def _require(pairs: list[list[str]]) -> list[Mapping[str, Any]]:
    return [{"kind": "require", "pairs": pairs}] if pairs else []


def _lock(blocks: list[str]) -> list[Mapping[str, Any]]:
    return [{"kind": "lock", "blocks": blocks}] if blocks else []


def _default(key: str) -> Any:
    return Options.model_fields[key].default


def _plan(live: Live) -> Plan:
    return live.judged.record.plan


FILES = {
    "plan.csv": Taken("text/csv; charset=utf-8", _csv),
    "plan.gpkg": Taken("application/geopackage+sqlite3", _layer),
    "scenario.toml": Taken("application/toml", _scenario),
    "report.html": Taken("text/html; charset=utf-8", _report),
}
