"""Checking a plan that somebody submits, and looking for better ones."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from optimizer import Disparity, Plan, optimize
from optimizer.errors import Fault, InputError, nearest
from scenarios.folder.hashes import byte_hashes, folder_hashes
from scenarios.instances.library import INSTANCES, Instance, fingerprint, instance_called
from scenarios.instances.seal import resealed
from scenarios.instances.shelf import BETTER, Known, Shelf, certificate_of, judge, proved, race
from scenarios.plans.file import read_plan, write_plan
from scenarios.verify.certificate import OF_CONTENT
from scenarios.verify.reading import load_json
from scenarios.version import rezone_version


def check(
    shelf: Shelf, file: Path, name: str | None = None, certificate: Path | None = None, *, keep: bool = False
) -> tuple[str, bool]:
    """What a submission is worth, in words, and whether it is valid. keep: put it on the shelf where it is better.

    name: of the instance; None takes the start of the file's name. Raises InputError where a file cannot be read.
    """
    for given in (file, certificate):
        if given is not None and not given.is_file():
            raise InputError(Fault(str(given), "is not there", "Give the path of a file"))
    instance = instance_called(name) if name else _instance_of(file)
    district, known = shelf.district(instance), shelf.known().get(instance.name)
    plan = read_plan(file, district)
    valid, value = judge(district, plan)
    lines = [f"{instance.name}: {'valid' if valid else 'NOT valid'}, disparity {100 * value:.5f} points"]
    if known is not None:
        lines[0] += f"; best known {100 * known.value:.5f}, bound {100 * known.bound:.5f}"
        better = valid and value < known.value - BETTER
        lines.append("A new best plan." if better else "Not better than the best known plan.")
        if better and keep:
            shelf.keep_plan(instance, plan)
            shelf.keep(instance, replace(known, value=value, race=race(plan), found=_by("submitted")))
    if certificate is not None:
        lines.append(_check_bound(shelf, instance, certificate, keep=keep))
    return "\n".join(lines), valid


def _instance_of(file: Path) -> Instance:
    """By the start of the file's name."""
    begins = file.name.partition(".")[0]
    names = [instance.name for instance in INSTANCES]
    if begins not in names:
        problem = f"its name begins with no instance's{nearest(begins, names)}"
        some = ", ".join(names[:5])
        mend = f"Call it {names[0]}.mine.csv or the like, or name it with --instance: {some} and {len(names) - 5} more"
        raise InputError(Fault(file.name, problem, mend))
    return instance_called(begins)


def _check_bound(shelf: Shelf, instance: Instance, file: Path, *, keep: bool) -> str:
    district, known = shelf.district(instance), shelf.known()[instance.name]
    document, _ = load_json(file, district.blocks)
    bound = proved(district, document, file.name)
    better = bound > known.bound + BETTER
    if better and keep:
        shelf.keep_certificate(instance, file.read_text(encoding="utf-8"))
        shelf.keep(instance, replace(known, bound=bound, proved=_by("submitted")))
    return f"It proves a bound of {100 * bound:.5f} points: " + ("a new best." if better else "not better.")


def solve(shelf: Shelf, instance: Instance, seconds: float, seed: int) -> str:
    """Look for a better plan and a better bound, and keep either."""
    district, known = shelf.district(instance), shelf.known().get(instance.name)
    found = optimize(district, Disparity(), time_limit=seconds, seed=seed)
    valid, value = judge(district, found.plan)
    if not valid:
        raise InputError(Fault(instance.name, "no valid plan was found", "Report it: today's zones are valid"))
    text = certificate_of(district, found.plan, found.certificate)
    bound = proved(district, json.loads(text), instance.name)
    by = _by(f"rezone {rezone_version()}, {seconds:g} s, seed {seed}")
    if known is None:
        today = Plan.status_quo(district)
        known = Known(fingerprint(district), Disparity().value(today), race(today), float("inf"), 0.0, -1.0, by, by)
    words = []
    if value < known.value - BETTER:
        shelf.keep_plan(instance, found.plan)
        known = replace(known, value=value, race=race(found.plan), found=by)
        words = ["a new best plan"]
    if bound > known.bound + BETTER:
        shelf.keep_certificate(instance, text)
        known, words = replace(known, bound=bound, proved=by), [*words, "a new best bound"]
    shelf.keep(instance, known)
    return f"{instance.name}: {100 * value:.5f}, bound {100 * bound:.5f} points; {' and '.join(words) or 'nothing new'}"


def write(shelf: Shelf, instance: Instance, out: Path) -> str:
    """The district folder, with the best plan and a certificate that `rezone verify` takes; what was written, in words.
    Raises InputError where the folder holds something."""
    shelf.district(instance)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        problem = "holds files already" if out.is_dir() else "is a file"
        raise InputError(Fault(str(out), problem, "Name a folder that is empty, or not there yet"))
    out.mkdir(parents=True, exist_ok=True)
    instance.write(out)
    plan, document = shelf.plan(instance), shelf.certificate(instance)
    write_plan(out / "best_plan.csv", plan)
    inputs = byte_hashes(out) if document["format_version"] < OF_CONTENT else folder_hashes(out)
    (out / "certificate.json").write_text(resealed(document, inputs, plan), encoding="utf-8")
    names = ", ".join(sorted(path.name for path in out.iterdir()))
    return f"{instance.name}, in {out}: {names}"


def _by(how: str) -> str:
    return f"{how}, {time.strftime('%Y-%m-%d')}"
