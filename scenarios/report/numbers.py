"""Figures as people read them. A figure that is not known is a dash that says so to a screen reader too."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

UNKNOWN = Markup('<span aria-hidden="true">\u2013</span><span class="hidden">not available</span>')
MINUS = "\u2212"


def points(value: float | None, digits: int = 1) -> str | Markup:
    """A fraction as percentage points without a unit: 0.0821 becomes 8.2."""
    return UNKNOWN if value is None else _signed(f"{100 * value:.{digits}f}")


def percent(value: float | None, digits: int = 1) -> str | Markup:
    """A fraction as a percentage: 0.161 becomes 16.1 %."""
    return UNKNOWN if value is None else _signed(f"{100 * value:.{digits}f} %")


def count(value: float | None) -> str | Markup:
    """Students or blocks: whole, since tenths of a child are an artefact of estimates."""
    return UNKNOWN if value is None else _signed(f"{value:,.0f}")


def index(value: float | None) -> str | Markup:
    """An index from 0 to 1, to three places."""
    return UNKNOWN if value is None else _signed(f"{value:.3f}")


def travel(value: float | None, unit: str) -> str | Markup:
    """Travel with its unit: metres, kilometres from 1,000 m on, or minutes."""
    if value is None:
        return UNKNOWN
    if unit == "min":
        return _signed(f"{value:.1f} min")
    return _signed(f"{value / 1000:.2f} km" if abs(value) >= 1000 else f"{value:.0f} m")


def change(before: float | None, after: float | None, style: Callable[[float | None], str | Markup]) -> str | Markup:
    """After less before, with its sign."""
    if before is None or after is None:
        return UNKNOWN
    text = str(style(after - before))
    zero = not any(digit in text for digit in "123456789")
    return text.replace(MINUS, "") if zero else escape(text if text.startswith(MINUS) else "+" + text)


def _signed(text: str) -> str:
    # "-0.0" is a rounded nothing, and a hyphen is no minus sign.
    if text.startswith("-"):
        return text[1:] if not any(digit in text for digit in "123456789") else MINUS + text[1:]
    return text
