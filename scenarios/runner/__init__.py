"""The runner: every run of a scenario file that is not there yet, over the cores or over a cluster, into one folder."""

from scenarios.runner.sweep import Standing, run_study
from scenarios.runner.task import Task, tasks_of

__all__ = ["Standing", "Task", "run_study", "tasks_of"]
