"""Figures as people read them, in the way of a language. A figure that is not known is a dash that says so to a screen
reader too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from babel.core import Locale
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

MINUS = "\u2212"
UNITS = {"m": ("metres", "{n} m"), "min": ("minutes", "{n} min")}
COUNTED = ("students", "blocks", "schools", "edges")  # units that are whole things
FOUR_TOGETHER = ("es", "it", "pl", "pt")  # languages that part thousands from five digits on (CLDR)
Text = str | Markup


@dataclass(frozen=True)
class Figures:
    """texts: `not_available`, `unit.metres`, `unit.kilometres`, `unit.minutes`, each a tuple of one text; English where
    not given."""

    locale: Locale
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def points(self, value: float | None, digits: int = 1) -> Text:
        """A fraction as percentage points without a unit: 0.0821 becomes 8.2."""
        return self.unknown if value is None else self._decimal(100 * value, digits)

    def percent(self, value: float | None, digits: int = 1) -> Text:
        """A fraction as a percentage: 0.161 becomes 16.1%, in the language's own way."""
        if value is None:
            return self.unknown
        shown = format_percent(round(value, digits + 2), f"#,##0{_digits(digits)}%", locale=self.locale)
        return _signed(shown if self._plain_percent else shown.replace("%", "\u00a0%"))

    def count(self, value: float | None) -> Text:
        """Students or blocks: whole, since tenths of a child are an artefact of estimates."""
        return self.unknown if value is None else self._decimal(value, 0)

    def bare(self, value: float) -> str:
        """A number of which is not known what it counts."""
        return self._decimal(value, 1)

    def index(self, value: float | None) -> Text:
        """An index from 0 to 1, to three places."""
        return self.unknown if value is None else self._decimal(value, 3)

    def travel(self, value: float | None, unit: str) -> Text:
        """Travel with its unit: metres, kilometres from 1,000 m on, or minutes."""
        if value is None:
            return self.unknown
        if unit == "min":
            return self._with_unit(*UNITS["min"], self._decimal(value, 1))
        if abs(value) >= 1000:
            return self._with_unit("kilometres", "{n} km", self._decimal(value / 1000, 2))
        return self._with_unit(*UNITS["m"], self._decimal(value, 0))

    def amount(self, value: float | None, unit: str) -> Text:
        """What a limit is: a share as a percentage, travel with its unit, all else as a number. With as many digits as
        show that it is not nothing."""
        if value is None:
            return self.unknown
        if unit == "share":
            return self.percent(value, _enough(100 * value, 1))
        if unit in ("m", "min") and round(value, unit == "min") == 0:
            name, english = UNITS[unit]
            return self._with_unit(name, english, self._decimal(value, _enough(value, unit == "min")))
        if unit in ("m", "min"):
            return self.travel(value, unit)
        return self._decimal(value, _enough(value, 0 if unit in COUNTED else 3))

    def excess(self, share: float) -> Text:
        """What a share is passed by, in points of percent, with as many digits as show that it is not nothing."""
        return self.points(share, _enough(100 * share, 1))

    def change(self, before: float | None, after: float | None, style: Callable[[float | None], Text]) -> Text:
        """After less before, with its sign."""
        if before is None or after is None:
            return self.unknown
        text = str(style(after - before))
        zero = not any(digit in text for digit in "123456789")
        return text.replace(MINUS, "") if zero else escape(text if text.startswith(MINUS) else "+" + text)

    @property
    def unknown(self) -> Markup:
        text = self.texts.get("not_available", ("not available",))[0]
        return Markup('<span aria-hidden="true">\u2013</span><span class="hidden">{}</span>').format(text)

    @property
    def _plain_percent(self) -> bool:
        return not str(self.locale.percent_formats[None].pattern).endswith("\u00a0%")

    def _decimal(self, value: float, digits: int) -> str:
        together = self.locale.language in FOUR_TOGETHER and abs(value) < 10_000 - 0.5
        whole = "0" if together else "#,##0"
        return _signed(format_decimal(round(value, digits), whole + _digits(digits), locale=self.locale))

    def _with_unit(self, unit: str, english: str, number: str) -> str:
        return self.texts.get(f"unit.{unit}", (english,))[0].format(n=number)


def _enough(value: float, digits: int) -> int:
    """So many digits after the point, or as many more as show that the value is not nought."""
    while value != 0 and round(value, digits) == 0 and digits < 9:
        digits += 1
    return digits


def _digits(digits: int) -> str:
    return "." + "0" * digits if digits else ""


def _signed(text: str) -> str:
    # "-0.0" is a rounded nothing, and a hyphen is no minus sign.
    if text.startswith("-"):
        return text[1:] if not any(digit in text for digit in "123456789") else MINUS + text[1:]
    return text


ENGLISH = Figures(Locale("en"))
points, percent, count, index = ENGLISH.points, ENGLISH.percent, ENGLISH.count, ENGLISH.index
travel, change = ENGLISH.travel, ENGLISH.change
UNKNOWN = ENGLISH.unknown
