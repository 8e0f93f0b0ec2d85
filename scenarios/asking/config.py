"""`--config`: what a command reads of a TOML file: [options] and [[rules]], and those of one of its scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from optimizer.errors import Fault, InputError, nearest
from scenarios.asking.order import laid_over
from scenarios.asking.rule_files import located
from scenarios.reading.documents import read_toml
from scenarios.reading.values import NOTHING, Table
from scenarios.scenario_file.models import Scenario, Study
from scenarios.scenario_file.read import read_study, tables

Asked = tuple[Table, tuple[Table, ...]]  # options and rules
KEYS = ("district", "districts", "options", "rules", "scenario", "sweep")
RUN = "give the file to rezone run"


def read_config(
    path: Path, scenario: str | None = None, *, flags: Table = NOTHING, folders: Sequence[Path] = ()
) -> Asked:
    """[options] and [[rules]] of a file and, as `run` has it, those of the scenario of a name. flags: of the
    command, None where not given. folders: of the districts that it is about.

    Raises InputError where the file holds what no command but `run` reads: a part of a question is no question.
    """
    table = read_toml(path)
    for key in table:
        if key not in KEYS:
            mend = f"Keys are: {', '.join(KEYS)}"
            raise InputError(Fault(path.name, f"the key is not known{nearest(key, KEYS)}", mend, column=key))
    if scenario is not None:
        return _of_scenario(path, table, scenario, flags, folders)
    if faults := list(_unread(path.name, table)):
        raise InputError(faults)
    if "district" in table or "districts" in table:
        _check_folders(read_study(path), folders)
    options, rules = table.get("options", {}), table.get("rules", [])
    if not isinstance(options, dict):
        raise InputError(Fault(path.name, "options is not a table", "Write [options] above them", column="options"))
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        mend = "Write [[rules]] above each"
        raise InputError(Fault(path.name, "rules is not a list of tables", mend, column="rules"))
    return options, tuple(located(rule, path.parent) for rule in rules)


def _unread(name: str, table: Table) -> Iterator[Fault]:
    if "scenario" in table:
        names = [str(row["name"]) for row in tables(table["scenario"]) if "name" in row]
        known = f" ({', '.join(names)})" if names else ""
        mend = f"Pick one with --scenario NAME, or {RUN}"
        yield Fault(name, f"it has scenarios{known}, which rezone run reads", mend, column="scenario")
        return  # what else there is depends on which is picked
    if "sweep" in table:
        yield Fault(name, "a sweep is read by rezone run alone", f"Take it out, or {RUN}", column="sweep")


def _of_scenario(path: Path, table: Table, name: str, flags: Table, folders: Sequence[Path]) -> Asked:
    if "scenario" not in table:
        raise InputError(Fault("--scenario", f"{path.name} has no [[scenario]]", "Leave --scenario out"))
    study = read_study(path)
    scenario = _named(study, name)
    _check_sweep(study, flags)
    _check_folders(study, folders)
    options = laid_over(study.file.options.model_dump(exclude_unset=True), scenario.given)
    for axis in study.axes:
        # The only setting, or one that a flag beats or the command does not ask for.
        options = laid_over(options, axis[0])
    return options, study.rules_of(scenario)


def _check_sweep(study: Study, flags: Table) -> None:
    """Raises InputError where the sweep leaves open what the command asks."""
    for axis in study.axes:
        lacking = [key for key in axis[0] if key in flags and flags[key] is None]
        if len(axis) > 1 and lacking:
            choice = " ".join("--" + key.replace("_", "-") for key in lacking)
            problem, mend = f"the sweep has {len(axis)} values of {lacking[0]}", f"Choose with {choice}, or {RUN}"
            raise InputError(Fault(study.path.name, problem, mend, column="sweep"))


def _named(study: Study, name: str) -> Scenario:
    """The scenario of a name. Raises InputError where there is none, or its plan is not sought."""
    names = [scenario.name for scenario in study.scenarios]
    if name not in names:
        problem = f"{study.path.name} has no scenario '{name}'{nearest(name, names)}"
        raise InputError(Fault("--scenario", problem, f"Its scenarios are: {', '.join(names)}"))
    found = study.scenarios[names.index(name)]
    if not found.searched:
        problem = f"'{name}' of {study.path.name} is a plan that is given, which rezone run scores"
        raise InputError(Fault("--scenario", problem, f"Pick a scenario whose plan is sought, or {RUN}"))
    return found


def _check_folders(study: Study, folders: Sequence[Path]) -> None:
    known = {folder.resolve(): folder for folder in study.folders}
    for folder in folders:
        if folder.resolve() not in known:
            about = ", ".join(str(one) for one in list(known.values())[:5])
            key = "district" if study.file.districts is None else "districts"
            mend = "Name that folder, or put this one into the file"
            raise InputError(Fault(study.path.name, f"it is about {about}, not about {folder}", mend, column=key))
