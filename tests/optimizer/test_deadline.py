"""One way to know when to stop, for all that takes time."""

from __future__ import annotations

import time

import pytest

from optimizer.deadline import Deadline
from optimizer.explain.work import Work
from optimizer.solvers.exact.patience import Patience
from optimizer.solvers.threads import in_threads


def test_nothing_ends_work_without_limits() -> None:
    deadline = Deadline()
    deadline.spend(1e9)
    assert (deadline.left, deadline.iterations_left, deadline.share, deadline.seconds_of(0.5)) == (
        None,
        None,
        0.0,
        None,
    )
    assert not deadline.over
    assert not deadline.near(1.0, 1.0)


@pytest.mark.parametrize("kind", ["seconds", "iterations", "stop"])
def test_each_limit_ends_it_by_itself(kind: str) -> None:
    deadline = Deadline(seconds=60, iterations=3)
    assert not deadline.over
    if kind == "seconds":
        deadline.began -= 61
    elif kind == "iterations":
        deadline.spend(2)
        assert (deadline.share, deadline.iterations_left, deadline.over) == (pytest.approx(2 / 3), 1, False)
        deadline.spend()
    else:
        deadline.stop.set()
    assert deadline.over
    assert deadline.late == (kind != "iterations")  # of work done the clock knows nothing
    assert deadline.stopped == (kind == "stop")


@pytest.mark.parametrize("deadline", [Deadline(seconds=0), Deadline(iterations=0)])
def test_no_time_is_over_at_once(deadline: Deadline) -> None:
    assert deadline.share == 1.0
    assert deadline.over


def test_the_gap_is_a_share_of_the_value() -> None:
    deadline = Deadline(gap=0.01)
    assert deadline.near(100.0, 99.0)
    assert not deadline.near(100.0, 98.9)
    assert deadline.near(0.0, 0.0)


@pytest.mark.parametrize(
    "whole",
    [
        Deadline(seconds=60, iterations=8),
        Patience(seconds=60, iterations=8, watch=print),
        Work(seconds=60, iterations=8, threads=2, seed=7),
    ],
)
def test_a_part_has_its_share_of_what_is_left_and_the_same_stop(whole: Deadline) -> None:
    whole.began += whole.spent - 20  # it was made when the tests were collected
    whole.spend(4)
    part = whole.part(0.5)
    assert type(part) is type(whole)
    assert part.seconds == pytest.approx(20, abs=0.5)
    assert (part.iterations, part.done) == (2, 0)
    assert part.spent < 1
    assert getattr(part, "watch", None) is None
    part.spend(2)
    assert (part.over, whole.over, whole.done) == (True, False, 4)
    whole.stop.set()
    assert part.stopped


def test_work_in_threads_is_told_when_time_is_up_and_ends_by_ctrl_c() -> None:
    deadline, told = Deadline(seconds=0.02), []

    def wait() -> str:
        while not told and not deadline.stopped:
            time.sleep(0.001)
        return "done"

    assert in_threads([wait, wait], 2, deadline, late=lambda: told.append("late")) == ["done", "done"]
    deadline, told = Deadline(), []

    def press() -> None:
        if not deadline.stopped:
            raise KeyboardInterrupt

    assert in_threads([wait], 1, deadline, report=press) == ["done"]
    assert deadline.stopped
