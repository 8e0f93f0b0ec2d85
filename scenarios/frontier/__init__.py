"""`rezone frontier`: what each share of change buys, as a table, plans with certificates, and a plot."""

from scenarios.frontier.document import document, moves_csv, table_csv
from scenarios.frontier.plot import draw
from scenarios.frontier.write import write_curve

__all__ = ["document", "draw", "moves_csv", "table_csv", "write_curve"]
