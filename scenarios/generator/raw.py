"""A synthetic district as files that people have before they have a district's folder, to learn importing on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from optimizer.district import District
from scenarios.generator import agencies, office
from scenarios.generator.board import publish_options


def _public(folder: Path, truth: District, random: np.random.Generator) -> None:
    agencies.publish(folder, truth, random)
    publish_options(folder, truth)


# By name: what writes the files of a district to a folder that is there.
RAW: dict[str, Callable[[Path, District, np.random.Generator], None]] = {"office": office.publish, "public": _public}
