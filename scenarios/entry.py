"""Where the command `rezone` begins: signals are heard before anything that takes time is imported."""

from __future__ import annotations

from scenarios import interrupts


def main() -> None:
    """Run the command line."""
    interrupts.listen()
    from scenarios.cli import main as run  # noqa: PLC0415 - imports of a second come after this

    run()
