"""The scenario file: many candidate plans in one TOML file, read, checked and spread out into runs."""

from scenarios.scenario_file.read import read_study
from scenarios.scenario_file.study import Planned, Study

__all__ = ["Planned", "Study", "read_study"]
