"""What makes a synthetic district easy or hard."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.errors import Fault, InputError


@dataclass(frozen=True, kw_only=True)
class Character:
    """The defaults are the districts of `rezone generate`.

    room: least and most seats of a school that has room, as shares of its zone's students today. crowded: share of the
    schools that are too full. ragged: deviation of the logarithm of a block's roughness: 0 gives straight borders, 1
    wild ones. clustering: how strongly incomes and groups keep to themselves, in times the usual log-odds; 0 spreads
    them evenly. bridges: fewest and most blocks' crossings of the river; 0 of both parts the district. detached: pieces
    of zones away from their schools, for each block; 0 gives none. Raises InputError on what cannot be used.
    """

    room: tuple[float, float] = (1.04, 1.35)
    crowded: float = 0.15
    ragged: float = 0.45
    clustering: float = 1.0
    bridges: tuple[int, int] = (2, 3)
    detached: float = 1 / 120

    def __post_init__(self) -> None:
        least = {"room": min(self.room), "ragged": self.ragged, "clustering": self.clustering}
        least |= {"bridges": min(self.bridges), "crowded": self.crowded, "detached": self.detached}
        wrong = [name for name, value in least.items() if not value >= 0]
        wrong += [name for name, pair in (("room", self.room), ("bridges", self.bridges)) if pair[0] > pair[1]]
        wrong += [name for name in ("crowded", "detached") if not getattr(self, name) <= 1]
        if wrong:
            mend = "Give numbers of 0 or more, shares up to 1, and the smaller of a pair first"
            raise InputError([Fault(name, f"{getattr(self, name)} cannot be used", mend) for name in wrong])


USUAL = Character()
