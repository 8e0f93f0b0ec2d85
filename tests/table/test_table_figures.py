"""What the panel keeps from edit to edit changes nothing of what it tells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tables_kit import lay

from scenarios.paper.words import words
from scenarios.table.figures import Teller


def test_figures_after_many_edits_are_those_of_one_who_tells_them_first(tmp_path: Path) -> None:
    table = lay(tmp_path)
    judge, random = table.judge, np.random.default_rng(0)
    teller, school = Teller(judge, words("en")), judge.district.status_quo.copy()
    mark = judge.of(school)
    for _ in range(40):
        school[random.integers(len(school))] = random.integers(judge.district.schools)
        now = judge.of(school)
        assert teller.figures(now, mark) == Teller(judge, words("en")).figures(now, mark)
    table.close()
