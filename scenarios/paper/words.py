"""What the pages say, by language: gettext catalogues under locale/, one file a language."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.core import Locale
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from optimizer.errors import Fault, InputError, nearest
from scenarios.paper.numbers import COUNTED, Figures, Text
from scenarios.reading.records import Broken

FOLDER = Path(__file__).parent / "locale"
FILE = "report.po"


@dataclass(frozen=True, eq=False)
class Words:
    """One language. texts: by key, the forms of a text: one, or one a plural form. plural: from a number to its form.
    figures: numbers as the language writes them."""

    language: str
    locale: Locale
    texts: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]
    figures: Figures

    def __call__(self, key: str, **values: Any) -> Markup:
        """The text, with values set in as text, never as markup. Raises KeyError where there is none."""
        return Markup(escape(self.texts[key][0])).format(**values)

    def count(self, key: str, n: float | None, **values: Any) -> Markup:
        """The text in the form for a number, which it may name as {n}; None is a number that is not shown."""
        form = self.texts[key][self.plural(2 if n is None else round(n))]
        return Markup(escape(form)).format(n=self.figures.count(n), **values)

    def amount(self, value: float | None, unit: str) -> Text:
        """What a limit is, or is passed by, in its unit."""
        shown = self.figures.amount(value, unit)
        if value is None or unit not in COUNTED:
            return shown
        return self.texts[f"unit.{unit}"][self.plural(round(value))].format(n=shown)

    def excess(self, value: float | None, unit: str) -> Text:
        """By how much a limit is passed: of shares in points of percent, since a percentage would be one of the limit.
        The one way in which terminal and pages say it."""
        if value is None or unit != "share":
            return self.amount(value, unit)
        return self("unit.points", n=self.figures.excess(value))

    def limit(self, row: Broken) -> Text:
        """The name of a limit that is broken: its own, or its rule's and whom that is about; as the rule itself says
        where the catalogues have none."""
        own, _, whom = row.limit.partition(".")
        for key in (f"limit_{row.limit}", f"limit_{row.of_kind}", f"limit_{own}"):
            if key in self.texts:
                return self(key) + (f" ({self.group(whom)})" if whom else "")
        from optimizer.rules import RULES  # noqa: PLC0415 - scipy takes a moment to import

        return getattr(RULES.get(row.of_kind), "text", row.limit)

    def plain(self, prefix: str) -> dict[str, str]:
        """The texts whose keys begin with the prefix, as they stand, by the rest of the key."""
        return {key[len(prefix) :]: forms[0] for key, forms in self.texts.items() if key.startswith(prefix)}

    def key(self, name: str) -> str:
        """What a measure is of: poverty, race, or a group as the data name it."""
        known = self.texts.get(f"key.{name}")
        return known[0] if known else name.replace("_", " ")

    def group(self, name: str) -> str:
        """A group in words: known names in the language, others as the data name them."""
        known = self.texts.get(f"group.{name}")
        return known[0] if known else name.replace("_", " ").capitalize()


def languages() -> tuple[str, ...]:
    """The languages that there are: each a folder of locale/ with a report.po."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{FILE}")))


@lru_cache
def words(language: str = "en") -> Words:
    """Raises InputError naming the languages there are."""
    if language not in languages():
        mend = f"Languages are: {', '.join(languages())}"
        problem = f"'{language}' is not a language here{nearest(language, languages())}"
        raise InputError(Fault("--language", problem, mend))
    with (FOLDER / language / FILE).open("rb") as file:
        catalogue = read_po(file)
    locale = Locale.parse(language, sep="-")
    texts = {_first(m.id): _forms(m.string) for m in catalogue if m.id}
    return Words(language, locale, texts, gettext.c2py(catalogue.plural_expr), Figures(locale, texts))


def _first(key: Any) -> str:
    return _forms(key)[0]


def _forms(text: Any) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (text,)


OLD_KINDS = {"travel_increase": "travel", "capacity": "size", "min_students": "size", "max_moved": "moved"}


def kind_of(row: Mapping[str, Any]) -> str:
    """The kind of the rule that is broken. row: as `broken_limits` lists it; results of version 0.1 name none."""
    family = str(row["limit"]).partition(".")[0]
    return str(row.get("kind") or OLD_KINDS.get(family, family))
