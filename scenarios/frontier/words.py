"""What is said of the caps under which a curve has no point."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.frontier import Missing
from scenarios.paper.absence import in_a_cell

MEND = "a longer --time-limit, more --iterations or fewer --points may find them"


def missing_in_words(missing: Sequence[Missing], cap: Callable[[float], str]) -> list[str]:
    """A line a reason, with how to get the points. cap: writes a cap."""
    lines = []
    for why in ("not found", "proved", "stopped"):
        caps = [cap(one.cap) for one in missing if one.why == why]
        if caps:
            reason = "stopped before them" if why == "stopped" else in_a_cell(why)  # type: ignore[arg-type]
            mend = "" if why == "proved" else f"; {MEND}" if why == "not found" else "; run it again to get them"
            lines.append(f"No plan under the caps {', '.join(caps)}: {reason}{mend}.")
    return lines
