"""The scenario file: many candidate plans in one TOML file, read, checked and spread out into runs."""

from scenarios.scenario_file.models import Planned, Study
from scenarios.scenario_file.read import read_study

__all__ = ["Planned", "Study", "read_study"]
