"""A certificate of the library made over for a folder that has just been written here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from optimizer import Plan
from scenarios.answer.certificate import sealed
from scenarios.plans.file import plan_csv


def resealed(document: Mapping[str, Any], inputs: Mapping[str, str], plan: Plan) -> str:
    """The same proof, bound to the files and the plan. inputs: `folder_hashes`, or `byte_hashes` before format 3."""
    body = {key: value for key, value in document.items() if key != "seal"}
    body |= {"inputs": dict(inputs), "plan": hashlib.sha256(plan_csv(plan).encode()).hexdigest()}
    return sealed(json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False))
