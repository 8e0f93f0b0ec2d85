"""Checking plans and certificates from the raw folder, by plain arithmetic.

Nothing here uses a solver, or shares code with the solvers, the bounds or the rules: only the folder reader is common.
"""

from scenarios.verify.verdict import verify

__all__ = ["verify"]
