"""A school gets other seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.rules.shared.amend import Amending, amend, changed, places_of


@dataclass(frozen=True)
class Seats(Amending):
    """Other seats, or another smallest size, than schools.csv gives; rule Size holds plans to them.

    school: id. capacity: students, those from outside the zone included; min_students: students of the zone. None
    leaves what there is. Raises InputError where neither is given, or one is negative.
    """

    kind: ClassVar[str] = "seats"
    school: str
    capacity: float | None = None
    min_students: float | None = None

    def __post_init__(self) -> None:
        if self.capacity is None and self.min_students is None:
            raise InputError(Fault("capacity", "is not given", "Give capacity, or min_students, or both"))
        check_seats(self.capacity, self.min_students)

    def amend(self, district: District) -> District:
        """Raises InputError where the school is unknown, or takes no block."""
        (j,) = places_of(district, [self.school], self.kind, "school")
        if not district.open[j]:
            mend = "Open it by a rule open, which may give its seats, or leave the rule out"
            raise InputError(
                Fault(f"rule {self.kind}", "the school has no zone", mend, column="school", ids=(self.school,))
            )
        return with_seats(district, j, self.capacity, self.min_students)


def with_seats(district: District, j: int, capacity: float | None, least: float | None) -> District:
    """The district with other seats at school j; None leaves what there is."""
    seats = district.capacity if capacity is None else changed(district.capacity, [j], capacity)
    small = district.min_students if least is None else changed(district.min_students, [j], least)
    return amend(district, capacity=seats, min_students=small)


def check_seats(capacity: float | None, least: float | None) -> None:
    """Raises InputError where a figure is not one, or more students are asked for than there are seats."""
    for name, value in (("capacity", capacity), ("min_students", least)):
        if value is not None and not 0 <= value < float("inf"):
            raise InputError(Fault(name, f"{value:g} is not a number of students", "Give a number of 0 or more"))
    if capacity is not None and least is not None and least > capacity:
        mend = "Give a capacity of at least min_students"
        raise InputError(Fault("min_students", f"{least:g} is more than the {capacity:g} seats", mend))
