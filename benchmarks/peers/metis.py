"""A graph partitioner as a strawman: METIS cuts the map into as many parts as schools, as heavy as today's zones."""

from __future__ import annotations

import numpy as np

from benchmarks.peers.question import Answer, Question


class Metis:
    name = "METIS"
    cannot = ("the objective", "travel", "seats and minimum sizes of each school", "a root for each zone")
    setting = "k-way, target weights as today's loads; parts matched to schools by the most students in common"
    package = "pymetis"

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        try:
            import pymetis
        except ImportError:
            return Answer(absent=self.package)
        from scipy.optimize import linear_sum_assignment

        district = question.district
        weight = np.maximum(1, np.round(10 * district.students)).astype(int)
        load = np.bincount(question.today, weight, district.schools)
        _, parts = pymetis.part_graph(
            district.schools,
            pymetis.CSRAdjacency(district.adjacency.start.tolist(), district.adjacency.index.tolist()),
            vweights=weight.tolist(),
            tpwgts=(load / load.sum()).tolist(),
            recursive=False,
            options=pymetis.Options(seed=seed),
        )
        part = np.array(parts)
        common = np.zeros((district.schools, district.schools))
        np.add.at(common, (part, question.today), district.students)
        school = linear_sum_assignment(-common)[1][part]
        return Answer(school.astype(np.int32))
