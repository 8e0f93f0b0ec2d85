"""The same CP-SAT model with a correct contiguity: cuts, found where a plan falls apart, until one holds together."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers.cpsat import Zoning, solver, watcher
from benchmarks.peers.question import Answer, Best, Question
from optimizer.arrays import Ints


class WithCuts:
    name = "CP-SAT, contiguity by cuts"
    cannot: tuple[str, ...] = ()
    setting = "one worker, the best plan so far as hint; solved anew with cuts whenever a plan falls apart"
    package = None

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        best, zoning, bound = Best.of(question), Zoning(question), 0.0
        for i, j in zoning.x:  # the commonest cuts at once: nobody sits alone
            if i != question.district.root[j] and i not in question.loose[j]:
                cut(zoning, j, {i})
        while best.seconds() < seconds:
            broken: list[Ints] = []

            def take(run: Any, school: Ints, broken: list[Ints] = broken) -> None:
                if pieces(question, school):
                    broken.append(school)
                    run.stop_search()
                else:
                    best.offer(school, question.value(school))

            run = solver(seconds - best.seconds(), seed)
            run.solve(zoning.model, watcher(zoning, take))
            # Each round asks for less than all limits, so what it proves holds for them all.
            bound = max(bound, zoning.bound(run.best_objective_bound))
            if not broken:
                break
            for j, piece in pieces(question, broken[-1]):
                cut(zoning, j, piece)
            zoning.hint(best.school)
        return best.answer(bound)


def pieces(question: Question, school: Ints) -> list[tuple[int, set[int]]]:
    """(school, blocks) of each connected piece that contiguity does not allow."""
    found = []
    for j in range(question.district.schools):
        left = set(np.flatnonzero(school == j).tolist())
        while left:
            piece, queue = set(), [left.pop()]
            while queue:
                block = queue.pop()
                piece.add(block)
                near = [other for other in question.neighbours[block] if other in left]
                left.difference_update(near)
                queue += near
            if int(question.district.root[j]) not in piece and not piece <= question.loose[j]:
                found.append((j, piece))
    return found


def cut(zoning: Zoning, j: int, piece: set[int]) -> None:
    """Whoever of the piece is at j needs a block of its border there."""
    q = zoning.question
    border = {other for block in piece for other in q.neighbours[block]} - piece
    across = sum(zoning.x[k, j] for k in sorted(border) if (k, j) in zoning.x)
    for block in sorted(piece - q.loose[j]):
        zoning.model.add(zoning.x[block, j] <= across)
