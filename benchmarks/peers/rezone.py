"""This program: search and proof within the same seconds."""

from __future__ import annotations

from benchmarks.peers.question import Answer, Question
from optimizer import Disparity, Progress, optimize
from optimizer.rules import DEFAULT_RULES


class Rezone:
    name = "rezone"
    cannot: tuple[str, ...] = ()
    setting = "optimize() as it is, on one thread; half of the time goes into the bound"
    package = None

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        seen: list[tuple[float, float]] = []

        def watch(now: Progress) -> None:
            if not seen or now.objective < seen[-1][1]:
                seen.append((now.seconds, now.objective))

        found = optimize(
            question.district, Disparity(), DEFAULT_RULES, time_limit=seconds, seed=seed, threads=1, progress=watch
        )
        return Answer(found.plan.school, found.bound, tuple(seen))
