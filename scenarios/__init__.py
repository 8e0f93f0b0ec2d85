"""The people: district folders, comparisons, reports and the command line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from scenarios.verify import verify

if TYPE_CHECKING:
    from scenarios.answer.certifying import certify
    from scenarios.comparison.compare import compare
    from scenarios.comparison.results import read_results
    from scenarios.demo import demo_folder
    from scenarios.folder import read_district, write_district
    from scenarios.generator import generate
    from scenarios.plans.file import read_plan, write_plan
    from scenarios.plans.layers import read_any_plan
    from scenarios.report.output import Answer, write_report
    from scenarios.runner import run_study
    from scenarios.scenario_file import read_study

__all__ = [
    "Answer",
    "certify",
    "compare",
    "demo_folder",
    "generate",
    "read_any_plan",
    "read_district",
    "read_plan",
    "read_results",
    "read_study",
    "run_study",
    "verify",
    "write_district",
    "write_plan",
    "write_report",
]

WHERE = {
    "Answer": "report.output",
    "certify": "answer.certifying",
    "compare": "comparison",
    "demo_folder": "demo",
    "generate": "generator",
    "read_any_plan": "plans.layers",
    "read_district": "folder",
    "read_plan": "plans.file",
    "read_results": "comparison",
    "read_study": "scenario_file",
    "run_study": "runner",
    "write_district": "folder",
    "write_plan": "plans.file",
    "write_report": "report.output",
}


def __getattr__(name: str) -> Any:
    # Late, because the folder reader imports geopandas, which takes longer than `rezone --help` may.
    if name in WHERE:
        return getattr(import_module(f"scenarios.{WHERE[name]}"), name)
    raise AttributeError(f"module 'scenarios' has no attribute '{name}'")
