"""The instance library, and what checks a plan or a bound that somebody submits: `python -m scenarios.instances`, or
`check`; docs/instances.md describes it."""

from __future__ import annotations

from scenarios.instances.library import INSTANCES, Instance, instance_called
from scenarios.instances.shelf import Shelf
from scenarios.instances.work import check

__all__ = ["INSTANCES", "Instance", "Shelf", "check", "instance_called"]
