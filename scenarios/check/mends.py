"""What mends each thing that is odd in a folder: the file, column or command; or, where the folder was imported, the
line of its mapping, since the next import writes the folder anew."""

from __future__ import annotations

SEATS = "capacity and min_students in schools.csv"
CLEAN = "rezone import gis with [mend] coverage = 1 closes gaps and overlaps of up to a metre"
# By the key of the summary: in a folder of one's own, and in the mapping of an import.
MENDS = {
    "odd_sizes": (SEATS, "the columns of [schools] seats and minimum"),
    "unlikely_seats": (SEATS, "the columns of [schools] seats and minimum"),
    "impossible": (SEATS, "the columns of [schools] seats, minimum and other"),
    "detached_blocks": (
        "adjacency.csv where a bridge or a ferry joins them, school_id of blocks where the zone is wrong",
        '[mend] joins = [["A", "B"]] where a bridge or a ferry joins them, coverage = 1 where a gap parts them',
    ),
    "islands": (
        "adjacency.csv, with all neighbours and the bridge or ferry",
        '[mend] joins = [["A", "B"]]: a bridge or a ferry; coverage = 1 where a gap parts them',
    ),
    "schools_outside_their_zones": (
        "lon and lat in schools.csv, or school_id of the blocks around the school",
        "the places in the file of [schools], or whose a zone is: [names], of one block [zoned]",
    ),
    "schools_without_a_zone": (
        "school_id of its blocks, where it has some; the rule open gives it a zone",
        '[names] and [zoned], where it has one; [schools] keep = "zoned" leaves it out',
    ),
    "far_schools": ("lon and lat in schools.csv", "the columns and crs of [schools]"),
    "blocks_out_of_reach": ("rezone travel, or the missing rows of the travel file",) * 2,
    "far_blocks": ("geometry of these blocks, or take them out", "the layer of [blocks], its crs, or [blocks] only"),
    "blocks_in_parts": (
        "a block of its own for each part, where neighbours through it matter",
        "a row and an id for each part in the layer of [blocks], where neighbours through it matter",
    ),
    "far_neighbours": ("the rows of adjacency.csv", "[mend] joins"),
    "overlaps": (CLEAN, "[mend] coverage = 1, or the layer of [blocks]"),
    "slivers": (CLEAN, "[mend] coverage = 1"),
}


def mend_of(key: str, *, imported: bool) -> str:
    """In words."""
    return MENDS[key][imported]
