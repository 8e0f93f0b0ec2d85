"""The instance library: `python -m benchmarks.instances`; docs/instances.md describes it."""

from __future__ import annotations

from benchmarks.instances.library import INSTANCES, Instance, instance_called

__all__ = ["INSTANCES", "Instance", "instance_called"]
