"""The instance library: districts fixed by seed, with the best plans and bounds known.

list                        what is known of each
write NAME OUT              the district folder, the best plan and its certificate, for `rezone` and any other program
check PLAN [--keep]         what a plan is worth; its name begins with the instance's, or --instance gives it
solve [NAME ...]            look for better plans and bounds, and keep them
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import typer

from optimizer.errors import InputError
from scenarios.instances import INSTANCES, instance_called
from scenarios.instances.shelf import Shelf
from scenarios.instances.table import table
from scenarios.instances.work import check, solve, write


def main(words: list[str] | None = None, shelf: Shelf | None = None) -> int:
    """The exit status: 0 done, 1 a plan is not valid, 2 the input is wrong."""
    given, shelf = _arguments().parse_args(words), shelf or Shelf()
    try:
        if given.what == "list":
            typer.echo(table(shelf))
        elif given.what == "write":
            typer.echo(write(shelf, instance_called(given.name), given.out))
        elif given.what == "solve":
            for instance in [instance_called(name) for name in given.names] or INSTANCES:
                typer.echo(solve(shelf, instance, given.seconds, given.seed))
        else:
            said, valid = check(shelf, given.plan, given.instance, given.certificate, keep=given.keep)
            typer.echo(said)
            return 0 if valid else 1
    except InputError as error:
        typer.echo(error, err=True)
        return 2
    return 0


def _arguments() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        prog="python -m scenarios.instances",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = asked.add_subparsers(dest="what", required=True)
    parts.add_parser("list")
    writing = parts.add_parser("write")
    writing.add_argument("name")
    writing.add_argument("out", type=Path)
    checking = parts.add_parser("check")
    checking.add_argument("plan", type=Path)
    checking.add_argument("--instance", help="Where the file's name does not begin with the instance's.")
    checking.add_argument("--certificate", type=Path, help="A certificate with it, for its bound.")
    checking.add_argument("--keep", action="store_true", help="Put what is better into the library.")
    solving = parts.add_parser("solve")
    solving.add_argument("names", nargs="*", help="Default: all.")
    solving.add_argument("--seconds", type=float, default=60.0)
    solving.add_argument("--seed", type=int, default=1)
    return asked


if __name__ == "__main__":
    sys.exit(main())
