"""Anyone's plan beside the status quo, the nearest-school plan, the best found with the same students moved, and the
bound."""

from scenarios.score.best import Best, best_plans
from scenarios.score.document import Scored, document
from scenarios.score.write import write_score

__all__ = ["Best", "Scored", "best_plans", "document", "write_score"]
