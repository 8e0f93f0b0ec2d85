"""Figures as lines of text have them: on terminals, in files and in verdicts."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from optimizer.measures.record import Unit

HAIR = Decimal("1e-9")  # 0.06 as a double is a little less: not a reason to say 5.99


def plain_in(told: Unit | None, value: float | None, unit: str = "") -> str:
    """A figure by what it is told in. None: a number of no known kind. unit: of travel, "" where it is not known."""
    if value is None:
        return "-"
    match told:
        case "points":
            return f"{100 * value:.2f} points"
        case "share":
            return f"{100 * value:.1f} %"
        case "travel":
            return f"{value:,.0f} m" if unit == "m" else f"{value:.1f} min" if unit else f"{value:,.1f}"
        case "count":
            return f"{value:,.0f}"
        case _:
            return f"{value:.3f}"


def share_given(share: float, digits: int = 4) -> str:
    """A share as somebody asked for it: with the digits that it has."""
    return f"{100 * share:.{digits}g} %"


def students_told(value: float) -> str:
    """Students of a sum that has to come out: whole where they are."""
    return f"{value:,.0f}" if abs(value - round(value)) < 0.005 else f"{value:,.2f}"


def claimed(told: Unit | None, value: float, unit: str, up: bool | None = None) -> str:
    """A figure that a proof is about: to the nearest, or up or down, so that what is said of it is proved too."""
    if told == "points":
        return f"{_rounded(100 * Decimal(value), 2, up):,.2f} points"
    if told == "share":
        return f"{_rounded(100 * Decimal(value), 2, up):,.2f} %"
    if told == "travel":
        return f"{_rounded(Decimal(value), 0 if unit == 'm' else 2, up):,} {unit}"
    return f"{_rounded(Decimal(value), 4, up):,.4f}"


def at_most(share: float) -> str:
    """A share that is not passed: to the tenth of a percent above it."""
    return f"{_rounded(100 * Decimal(share), 1, True)} %"


def _rounded(value: Decimal, digits: int, up: bool | None) -> Decimal:
    step = Decimal(1).scaleb(-digits)
    if up is None:
        return value.quantize(step)
    nudged = value * (1 - HAIR if up else 1 + HAIR)
    return nudged.quantize(step, ROUND_CEILING if up else ROUND_FLOOR)
