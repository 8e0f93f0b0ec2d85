"""What may leave the building: runs without any count that would let someone work out a small one."""

from scenarios.publish.bundle import write_bundle
from scenarios.publish.protect import Protected, protect
from scenarios.publish.suppress import THRESHOLD

__all__ = ["THRESHOLD", "Protected", "protect", "write_bundle"]
