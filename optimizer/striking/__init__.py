"""Pairs of block and school that no valid plan has, found by supposing each and seeing what follows."""

from optimizer.striking.contradiction import Contradiction, contradiction
from optimizer.striking.strike import all_left, ground_of, struck, without

__all__ = ["Contradiction", "all_left", "contradiction", "ground_of", "struck", "without"]
