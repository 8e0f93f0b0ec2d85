"""The one way in which pages and drawings are made from templates."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def templates_of(package: str) -> Environment:
    """Templates of a package's folder, and those that all share. Whatever they are given is escaped: names come from
    files."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("scenarios.paper")]), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
