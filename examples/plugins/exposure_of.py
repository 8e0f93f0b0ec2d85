"""An objective of one's own: how much poverty the district's first group meets at school."""

import numpy as np

from optimizer.objectives import Compiled, Exposures


class ExposureOfFirst:
    """E_r of the first group of district.toml, a fraction: a norm of one exposure around 0, so that bounds know it."""

    name = "exposure_of_first"

    def _curve(self, district):
        students = district.group_counts[:, [0]]
        total = students.sum(axis=0)
        one, nothing = np.ones(1), np.zeros(1)
        return Exposures(self.name, students, district.exposed, district.poverty, one, total, nothing)

    def compile(self, model):
        return Compiled(np.zeros(len(model.pairs.index)), (self._curve(model.district),))

    def value(self, plan):
        return self._curve(plan.district).value(plan.school)

    def attributes(self, district):
        return (f"students_{district.groups[0]}", "students_poverty")


OBJECTIVES = [ExposureOfFirst]
