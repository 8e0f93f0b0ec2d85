"""Rows of figures to the tables that people read, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean

from benchmarks.peers import PEERS
from benchmarks.peers.azp import OTHERS
from benchmarks.peers.cell import SIZE
from benchmarks.peers.judge import Row, today

OURS = "rezone"
FIGURES = ("equal to rezone", "rezone needs", "memory", "bound", "race")


def quality(rows: Sequence[Row], district: str) -> str:
    """Disparity in percentage points by peer and budget: mean, worst, and how many seeds; then memory and bound."""
    budgets = sorted({row.cell.seconds for row in rows})
    head = [
        "peer",
        *(f"{seconds:g} s" for seconds in budgets),
        "equal to rezone",
        "rezone needs",
        "memory",
        "bound",
        "race",
    ]
    lines = [_line(head), _line(["---"] * len(head))]
    for peer in [name for name in PEERS if any(row.cell.peer == name for row in rows)]:
        mine = [row for row in rows if row.cell.peer == peer]
        cells = [_cell([row for row in mine if row.cell.seconds == seconds]) for seconds in budgets]
        lines.append(_line([peer, *cells, *_race(rows, mine, peer), _memory(mine), _bound(mine), _race_of(mine)]))
    title = f"{district} (blocks/schools)" if SIZE.fullmatch(district) else Path(district).name
    now, race = today(district)
    beside = "" if race is None else f", racial dissimilarity {race:.3f}"
    return "\n".join([f"### {title}: today {100 * now:.2f} points{beside}", "", *lines])


def _cell(rows: Sequence[Row]) -> str:
    """Mean of the valid plans' values and the worst; what is broken where none is valid."""
    if not rows:
        return ""
    if all(row.value is None for row in rows):
        return rows[0].lost
    valid = [100 * row.value for row in rows if row.valid and row.value is not None]
    if not valid:
        value = mean(100 * row.value for row in rows if row.value is not None)
        return f"not valid ({value:.2f}; breaks {next(row.broken for row in rows if row.broken)})"
    spread = f" ({max(valid):.3f})" if len(valid) > 1 else ""
    lame = len(rows) - len(valid)
    return f"{mean(valid):.3f}{spread}" + (f", {lame} of {len(rows)} not valid" if lame else "")


def _race(rows: Sequence[Row], mine: Sequence[Row], peer: str) -> list[str]:
    """Seconds that the peer needs to the mean of this program's shortest runs; and the other way round, to the best
    that the peer ever reached."""
    ours = [row for row in rows if row.cell.peer == OURS and row.valid]
    valid = [row.value for row in mine if row.valid and row.value is not None]
    if peer == OURS or not ours:
        return ["", ""]
    shortest = min(row.cell.seconds for row in ours)
    goal = mean(row.value for row in ours if row.cell.seconds == shortest and row.value is not None)
    hits = [first for row in mine if row.valid and (first := reaches(row, goal)) is not None]
    longest = max(row.cell.seconds for row in mine)
    theirs = f"{min(hits):.1f} s" if hits else f"not in {longest:g} s"
    if not valid:
        return [theirs, ""]
    back = [first for row in ours if (first := reaches(row, min(valid))) is not None]
    return [theirs, f"{max(min(back), 0.1):.1f} s" if back else "more"]


def reaches(row: Row, goal: float) -> float | None:
    """The first second at which a run was at the goal or below."""
    return next((seconds for seconds, value in row.progress if value <= goal + 1e-9), None)


def _memory(rows: Iterable[Row]) -> str:
    most = max((row.memory for row in rows), default=0.0)
    return f"{most:.2f} GB" if most else ""


def _race_of(rows: Sequence[Row]) -> str:
    """Racial dissimilarity of the best valid plan."""
    valid = [row for row in rows if row.valid and row.value is not None]
    race = min(valid, key=lambda row: row.value or 0.0).race if valid else None
    return "" if race is None else f"{race:.3f}"


def _bound(rows: Sequence[Row]) -> str:
    """The best bound of all runs, and whose word it is."""
    bounds = [row.bound for row in rows if row.bound is not None]
    if not bounds:
        return "none"
    return f"{100 * max(bounds):.3f}, {'certified' if rows[0].cell.peer == OURS else 'claimed'}"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def peers_table() -> str:
    """Each peer's setting, and what it cannot express."""
    lines = [_line(["peer", "setting", "cannot express"]), _line(["---"] * 3)]
    lines += [_line([p.name, p.setting, "; ".join(p.cannot) or "all can be expressed"]) for p in PEERS.values()]
    lines += [_line([f"spopt {names}", "not run", why]) for names, why in OTHERS.items()]
    return "\n".join(lines)
