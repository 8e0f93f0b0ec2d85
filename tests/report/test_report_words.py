"""The catalogues: complete, alike in what they fill in, and right in numbers and plurals."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from tree import ROOT

from optimizer.errors import InputError
from scenarios.paper.words import FILE, FOLDER, languages, words
from scenarios.reading.schemas import PhasedIn, Transition, Year
from scenarios.report.when import when_in_words

REPORT = ROOT / "scenarios" / "report"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_languages_asked_for_are_there() -> None:
    assert {"en", "es", "zh-Hant"} <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_no_text_is_missing_or_fuzzy_and_all_fill_in_the_same(language: str) -> None:
    english = words("en")
    with (FOLDER / language / FILE).open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    assert not [message.id for message in catalogue if message.id and message.fuzzy]
    own = words(language)
    assert set(own.texts) == set(english.texts)
    for key, forms in own.texts.items():
        assert all(form.strip() for form in forms), key
        expected = set.union(*map(fields, english.texts[key]))
        assert all(fields(form) == expected for form in forms), key
        plural = len(english.texts[key]) > 1
        assert len(forms) == (catalogue.num_plurals if plural else 1), key


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_texts_are_translated(language: str) -> None:
    english, own = words("en"), words(language)
    same = [key for key, forms in own.texts.items() if forms == english.texts[key] and re.search("[a-z]{4}", forms[0])]
    # What is the same word in both: a name, a unit, a text that only fills in.
    assert [key for key in same if not fields(own.texts[key][0])] in ([], ["plan"])


def test_every_text_that_templates_and_code_name_is_there_and_used() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder, ends in ((REPORT, "*.py"), (REPORT / "templates", "*.html"), (REPORT / "assets", "*.js"))
        for path in folder.glob(ends)
    )
    named = set(re.findall(r"""\bt(?:\.count)?\(\s*"([a-z_.]+)"[,)]""", source))
    named |= {f"map.{key}" for key in re.findall(r"""\bsay\("([a-z_]+)"[,)]""", source)}
    assert len(named) > 100
    assert named <= set(words("en").texts)
    quoted = set(re.findall(r"""["'`]([a-z_.{}]+)["'`]""", source))
    prefixes = (
        "group.",
        "unit.",
        "map.",
        "table.",
        "refused.",
        "conflict.",
        "struck.",
        "card_",
        "index_",
        "section_",
        "term_",
        "limit_",
    )
    prefixes += ("disparity_", "race_", "map_", "yardstick_", "curve_missing_", "measure.", "key.", "head.", "line.")
    unused = [key for key in words("en").texts if key not in named | quoted and not key.startswith(prefixes)]
    assert unused == []


def test_numbers_are_written_as_the_language_does() -> None:
    shown = {name: words(name).figures for name in ("en", "es", "zh-Hant")}
    assert [str(f.percent(0.161)) for f in shown.values()] == ["16.1%", "16,1\u00a0%", "16.1%"]
    assert [str(f.count(12345)) for f in shown.values()] == ["12,345", "12.345", "12,345"]
    assert [str(f.count(4752)) for f in shown.values()] == ["4,752", "4752", "4,752"]
    assert [str(f.travel(1234, "m")) for f in shown.values()] == ["1.23 km", "1,23 km", "1.23 公里"]
    assert [str(f.travel(12.34, "min")) for f in shown.values()] == ["12.3 min", "12,3 min", "12.3 分鐘"]


def test_plurals_follow_the_language() -> None:
    assert words("en").count("more_moves", 1) == "and 1 more pair of schools"
    assert words("en").count("more_moves", 2) == "and 2 more pairs of schools"
    assert words("es").count("more_moves", 0) == "y 0 pares de escuelas más"
    assert words("zh-Hant").count("more_moves", 1) == "另有 1 對學校"


def test_an_unknown_language_names_those_there_are() -> None:
    with pytest.raises(InputError, match=r"--language: 'zh-Hans' is not a language here .*en, es, zh-Hant"):
        words("zh-Hans")


def test_values_are_text() -> None:
    assert words("en")("title", district="<b>&") == "Attendance zones: &lt;b&gt;&amp;"


@pytest.mark.parametrize(
    ("phase_in", "last", "said"),
    [
        ("entrants", 6, "from 2026-27 for children who start school; those enrolled before stay at"),
        ("all-at-once", 3, "from 2026-27; children who may stay at"),
        ("all-at-once", 1, "from 2026-27"),
    ],
)
def test_a_family_is_told_from_when_the_plan_holds_for_it(phase_in: str, last: int, said: str) -> None:
    years = [Year(n, {1: "2026-27"}.get(n)) for n in range(last + 1)]
    for language in languages():
        told = when_in_words(Transition(years, PhasedIn(phase_in)), words(language))
        assert "2026-27" in told
        assert language != "en" or told.startswith(said)
