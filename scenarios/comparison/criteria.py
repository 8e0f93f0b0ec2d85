"""Which end of a measure is the better one, what plans are judged by, and what measures are called."""

from __future__ import annotations

from scenarios.answer.movers import ALL, COUNTED

# Less is better, but for `within_band`. Exposures of one group to another, or of one group to poverty, have no better
# end: what one group meets less of, another meets more of.
LOW = (
    *("disparity", "variance", "dissimilarity", "theil_h", "gini", "isolation", "variance_ratio", "moved_share"),
    *("moved_counted", "travel_mean", "travel_p90", "travel_max", "utilisation_max", "detached_pieces", "cut_edges"),
)
HIGH = ("within_band",)
# What dominated plans and weightings are judged by. Race stands beside poverty wherever it is known.
CRITERIA = ("disparity", "dissimilarity.race", "moved_share", "travel_mean")

WORDS = {
    "disparity": "Disparity of exposure to poverty",
    "variance": "Variance of exposure to poverty",
    "exposure_to_poverty": "Poverty met by",
    "exposure": "Met by",
    "dissimilarity": "Dissimilarity by",
    "theil_h": "Theil's H by",
    "gini": "Gini by",
    "isolation": "Own group met by",
    "variance_ratio": "Variance ratio of",
    "within_band": "Within 15 points of the district's poverty rate:",
    "moved_share": "Students who change school",
    "moved_counted": "Students who change school, closed schools' left out",
    "travel_mean": "Mean travel",
    "travel_p90": "Travel that 90 % stay within",
    "travel_max": "Farthest travel",
    "utilisation_max": "Fullest school",
    "detached_pieces": "Detached pieces of zones",
    "cut_edges": "Neighbouring blocks in different zones",
    "excess": "Students over seats or under smallest sizes",
}
WHOLE = {"within_band": "schools"}


def sign(measure: str) -> int:
    """1 where less is better, -1 where more is, 0 where neither."""
    family = measure.partition(".")[0]
    return 1 if family in LOW else -1 if family in HIGH else 0


def in_words(measure: str) -> str:
    """A measure's name for people."""
    family, *of = measure.split(".")
    words = WORDS.get(family)
    if words is None:
        return measure
    named = [one.replace("_", " ") for one in of] or ([WHOLE[family]] if family in WHOLE else [])
    if family == "exposure" and len(named) == 2:
        return f"{named[1].capitalize()} met by {named[0]}"
    return " ".join([words, *named])


def style(measure: str) -> str:
    """How a measure is written for people: points, percent, index, travel or count."""
    family = measure.partition(".")[0]
    if family == "disparity":
        return "points"
    if family.startswith("travel"):
        return "travel"
    if family in ("detached_pieces", "cut_edges", "excess"):
        return "count"
    shares = ("exposure_to_poverty", "exposure", "isolation", "within_band", "utilisation_max", ALL, COUNTED)
    return "percent" if family in shares else "index"
