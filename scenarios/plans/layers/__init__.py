"""Plans as people have them: plan files, and layers of zones laid over the district's blocks."""

from scenarios.plans.layers.layer import By, GivenPlan, read_any_plan
from scenarios.plans.layers.report import unmatched_frame, unmatched_in_words

__all__ = ["By", "GivenPlan", "read_any_plan", "unmatched_frame", "unmatched_in_words"]
