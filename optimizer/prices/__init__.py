"""What a certificate's prices say: which blocks are contested, and what a limit a step looser would be worth.

- `prices`: what to call; gives `Prices` (`estimates`), worked out by `reading` of a certificate that `zones` lays open.
- `checked`: a run that checks an estimate's direction. `looser`: the question with one limit a step looser.
"""

from optimizer.prices.checked import Checked, checked
from optimizer.prices.estimates import Prices
from optimizer.prices.looser import FARTHER, POINT, SEAT
from optimizer.prices.prices import prices

__all__ = ["FARTHER", "POINT", "SEAT", "Checked", "Prices", "checked", "prices"]
