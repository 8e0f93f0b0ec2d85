"""What a district folder holds, and what of it is likely to be a mistake."""

from scenarios.check.summary import known_draws, known_futures, read_plans, summarise
from scenarios.check.words import in_words

__all__ = ["in_words", "known_draws", "known_futures", "read_plans", "summarise"]
