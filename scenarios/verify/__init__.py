"""Checking plans and certificates from the raw folder, by plain arithmetic.

Nothing here uses a solver, or shares code with the solvers, the bounds or the rules: only the folder reader is common.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.verify.words import Verdict

__all__ = ["verify"]


def verify(folder: str | Path, plan: str | Path, certificate: str | Path | None = None) -> Verdict:
    """Whether the plan is valid, and what the certificate proves about all others: see docs/certificate.md.

    The plan is `verified` where it is valid and, if a certificate is given, that was made for it and proves what it
    claims. Raises InputError where a file is damaged, too new, or about another district.
    """
    from scenarios.verify.verdict import verdict  # noqa: PLC0415 - reading a folder takes a second to import

    return verdict(Path(folder), Path(plan), None if certificate is None else Path(certificate))
