"""From report.json's data to one HTML page that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scenarios.report import numbers
from scenarios.report.texts import CATALOGUES

MOVES_SHOWN = 20
BROKEN_SHOWN = 40


def render(data: Mapping[str, Any], *, language: str = "en") -> str:
    """The page. Ids, names and groups of the data are text, never markup. Raises KeyError on an unknown language."""
    texts = CATALOGUES[language]
    environment = Environment(
        loader=PackageLoader("scenarios.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    unit = data["travel_unit"]
    environment.filters |= {
        "points": numbers.points,
        "percent": numbers.percent,
        "count": numbers.count,
        "index": numbers.index,
        "travel": partial(numbers.travel, unit=unit),
        "group": partial(_group_name, texts),
    }
    page = environment.get_template("report.html")
    return page.render(
        data=data,
        summary=data["summary"],
        t=texts,
        language=language,
        answer=sentences(data, texts),
        rows=pairs(data),
        limits=limits(data, texts),
        change=numbers.change,
        index=numbers.index,
        points=numbers.points,
        percent=numbers.percent,
        travel=partial(numbers.travel, unit=unit),
        moves_shown=MOVES_SHOWN,
        broken_shown=BROKEN_SHOWN,
    )


def _group_name(texts: Mapping[str, str], group: str) -> str:
    """`all` and `poverty` in words; a racial group as the data name it, set as a word."""
    named = texts.get(group) if group in ("all", "poverty", "not_poverty") else None
    return named or group.replace("_", " ").capitalize()


def pairs(data: Mapping[str, Any]) -> dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]:
    """Rows of today and of the plan, side by side, by group and by school."""
    return {
        key: list(zip(data[key]["status_quo"], data[key]["plan"], strict=True)) for key in ("by_group", "by_school")
    }


def sentences(data: Mapping[str, Any], t: Mapping[str, str]) -> list[str | Markup]:
    """The answer: what the plan does to poverty exposure and beside it to race, to whom, and how sure that is."""
    summary = data["summary"]
    now, before = summary["measures"], summary["measures_status_quo"]
    travel = partial(numbers.travel, unit=data["travel_unit"])
    answer = []
    if now["disparity"] is not None:
        answer.append(_turn(t, "disparity", before["disparity"], now["disparity"], partial(numbers.points, digits=2)))
    else:
        ways = {"before": travel(before["travel_mean"]), "after": travel(now["travel_mean"])}
        answer.append(t["travel_answer"].format(**ways))
    if now.get("dissimilarity.race") is not None:
        answer.append(_turn(t, "race", before["dissimilarity.race"], now["dissimilarity.race"], numbers.index))
    share = summary["moved_share"]
    moved = {
        "share": numbers.percent(share),
        "students": numbers.count(share * data["students"]),
        "before": travel(before["travel_mean"]),
        "after": travel(now["travel_mean"]),
    }
    answer.append(t["moved_answer"].format(**moved) if share else t["nobody_moves"])
    broken = len(summary["broken_limits"])
    answer.append(t["holds_inherited"].format(count=broken) if broken else t["holds_all"])
    answer.append(_certainty(summary, t))
    return answer


def _turn(t: Mapping[str, str], what: str, before: float, after: float, style: Any) -> str:
    shown = {"before": style(before), "after": style(after)}
    turn = "stays" if shown["before"] == shown["after"] else "falls" if after < before else "rises"
    return t[f"{what}_{turn}"].format(**shown)


def _certainty(summary: Mapping[str, Any], t: Mapping[str, str]) -> str:
    if summary["proof"] == "solver":
        return t["proved_by_solver"]
    if not summary["bound"]:
        return t["bound_unknown"]
    # Rounded against the plan: the bound down, what could still be won up.
    gap = numbers.percent(summary["gap"] + 0.0005)
    if summary["objective"] == "disparity":
        return t["bound_points"].format(bound=numbers.points(summary["bound"] - 0.00005, digits=2), gap=gap)
    return t["bound_known"].format(objective=summary["objective"], bound=f"{summary['bound']:.6g}", gap=gap)


def limits(data: Mapping[str, Any], t: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(limit in words, its value, whether it holds) for every limit in force."""
    given, broken = data["summary"]["limits"], {row["limit"] for row in data["summary"]["broken_limits"]}
    increase = numbers.percent(given["travel_increase"], digits=0)
    floor = numbers.travel(given["travel_floor"], data["travel_unit"])

    def holds(*names: str) -> str:
        return t["inherited"] if broken & set(names) else t["yes"]

    moved = given["max_moved"]
    return [
        (t["travel_increase"].format(increase=increase, floor=floor), "", holds("travel_increase")),
        (
            t["size"].format(tolerance=numbers.percent(given["size_tolerance"], digits=0)),
            "",
            holds("capacity", "min_students"),
        ),
        (t["max_moved"], t["no_limit"] if moved is None else str(numbers.percent(moved)), holds("max_moved")),
        (t["contiguity"], t["on"] if given["contiguity"] else t["off"], holds("contiguity")),
        (t["strict"], t["on"] if given["strict"] else t["off"], t["yes"]),
    ]
