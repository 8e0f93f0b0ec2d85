"""Writing certificate.json: docs/certificate.md. Reading and checking it is `scenarios.verify`'s alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.version import rezone_version
from scenarios.writing.files import write_text

if TYPE_CHECKING:
    from optimizer.bounds.certificate import Certificate

FORMAT, FORMAT_VERSION = "rezone-certificate", 5
# What no objective is below, 0, needs no proof.
NOTHING: dict[str, Any] = {"bound": 0.0, "relaxes": [], "struck": [], "cuts": [], "leaves": []}


def certificate_text(
    proof: Certificate | None,
    *,
    district: str,
    objective: str | Mapping[str, float],
    limits: Mapping[str, Any],
    rules: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, str],
    plan: bytes,
) -> str:
    """The file's text, sealed. proof: None where there is none; what is claimed then is 0, which needs none.

    objective, limits, rules: as in summary.json. inputs: `District.inputs`. plan: the bytes of
    plan.csv. Raises ValueError on NaN and infinity. Numbers are written so that they read back unchanged.
    """
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": rezone_version(),
        "district": district,
        "objective": objective if isinstance(objective, str) else dict(objective),
        "limits": dict(limits),
        "rules": [dict(rule) for rule in rules],
        "inputs": dict(inputs),
        "plan": hashlib.sha256(plan).hexdigest(),
        **(NOTHING if proof is None else proof.document()),
    }
    return sealed(json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False))


def write_certificate(path: Path, proof: Certificate | None, **about: Any) -> None:
    """certificate.json, whole or not at all. about: the further arguments of `certificate_text`."""
    write_text(path, certificate_text(proof, **about))


def sealed(body: str) -> str:
    """The text of a JSON object with its seal as the last key: the SHA-256 of the text without it."""
    return f'{body[:-1]},"seal":"{hashlib.sha256(body.encode()).hexdigest()}"}}\n'
