"""Many plans beside each other: differences, dominated plans, ranks and how stable they are.

(Not called `compare`: that is the function, which `scenarios` offers under its own name.)
"""

from scenarios.comparison.compare import Comparison, compare
from scenarios.comparison.differ import Differences, differences
from scenarios.comparison.results import read_results
from scenarios.comparison.write import write_comparison

__all__ = ["Comparison", "Differences", "compare", "differences", "read_results", "write_comparison"]
