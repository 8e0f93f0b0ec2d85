"""What each limit costs: one limit at a time tighter and looser, each time the best plan found and what is proved."""

from scenarios.sensitivity.carry import Row, carry
from scenarios.sensitivity.cases import LIMITS, Case, make_cases, run_cases
from scenarios.sensitivity.plot import draw
from scenarios.sensitivity.table import document, table_csv

__all__ = ["LIMITS", "Case", "Row", "carry", "document", "draw", "make_cases", "run_cases", "table_csv"]
