"""From a TOML file to a Study, naming everything that is wrong on the way, by line where it can be found: the parser
itself gives no lines."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, ValidationError

from optimizer.errors import Fault, InputError, doubt, listed
from scenarios.asking.options import Options, key_fault
from scenarios.asking.rule_files import located
from scenarios.asking.rule_tables import rule_faults
from scenarios.reading.documents import read_toml
from scenarios.reading.files import there
from scenarios.reading.most import most, need_most
from scenarios.reading.values import Table
from scenarios.scenario_file.models import Scenario, ScenarioFile, Study, Sweep, Zip

TOP: Section = ("", 0)
MODELS: dict[str, type[BaseModel]] = {
    "": ScenarioFile,
    "options": Options,
    "scenario": Scenario,
    "sweep": Sweep,
    "sweep.zip": Zip,
}


def read_study(path: str | Path) -> Study:
    """The scenarios of a file and the districts that it names; districts and plans are looked up, not read. Raises
    InputError with every fault found."""
    path = Path(path)
    table = read_toml(path)
    faults = Faults(path.name, path.read_text(encoding="utf-8-sig"))
    try:
        file = ScenarioFile.model_validate(table)
    except ValidationError as error:
        faults.add_pydantic(error)
        faults.add_rules(table, path.parent)
        faults.stop()
        raise  # pydantic never fails without naming a fault
    faults.add_rules(table, path.parent)
    _check_scenarios(faults, file, path.parent)
    _check_sweep(faults, file)
    folders = _folders(faults, file, path.parent)
    faults.stop()
    study = Study(path, file, folders)
    need_most(path.name, "scenarios", len(file.scenario))
    for scenario in study.scenarios:
        need_most(path.name, "rules", len(file.rules) + len(scenario.rules))
    return study


@dataclass
class Faults:
    """The faults of one file. text: of the file, to find lines in."""

    name: str
    text: str
    found: list[tuple[int, Fault]] = field(default_factory=list)

    def add(self, section: Section, key: str, problem: str, mend: str) -> None:
        self.put(section, key, Fault(self.name, problem, mend, key))

    def put(self, section: Section, key: str, fault: Fault) -> None:
        """A fault at the line where the key is found."""
        line = line_of(self.text, section, key)
        place = self.name if line is None else f"{self.name}, line {line}"
        self.found.append((line or 0, replace(fault, where=place)))

    def stop(self) -> None:
        """Raise what was found, in the order of lines, if anything was."""
        if self.found:
            raise InputError(fault for _, fault in sorted(self.found, key=lambda row: row[0]))

    def add_pydantic(self, error: ValidationError) -> None:
        """A fault for each key: a value that may be of several kinds fails once for each of them."""
        seen: set[tuple[Section, str]] = set()
        for entry in error.errors():
            section, key = _located(entry["loc"])
            if (section, key) not in seen:
                seen.add((section, key))
                self.put(section, key, key_fault(entry, _keys(section), self.name, key))

    def add_rules(self, table: Table, base: Path) -> None:
        """What is wrong with the rules of the file and of each scenario."""
        for section, rule in _rules(table):
            for fault in rule_faults(located(rule, base), self.name):
                self.put(section, fault.column or "rules", fault)


def _located(loc: Sequence[int | str]) -> tuple[Section, str]:
    """The section of the file and the key in it that pydantic's path leads to."""
    head, rest = str(loc[0]), loc[1:]
    if head == "sweep" and rest[:1] == ("zip",) and len(rest) > 2:
        return ("sweep.zip", int(rest[1])), str(rest[2])
    if head in ("options", "sweep") and rest:
        return (head, 0), str(rest[0])
    if head == "scenario" and len(rest) > 1:
        return (head, int(rest[0])), str(rest[1])
    return TOP, head


def _keys(section: Section) -> tuple[str, ...]:
    return tuple(MODELS[section[0]].model_fields)


def _rules(table: Table) -> Iterator[tuple[Section, Table]]:
    """Every [[rules]] table that is one, with the section that it stands in."""
    for k, rule in enumerate(tables(table.get("rules"))):
        yield ("rules", k), rule
    for k, scenario in enumerate(tables(table.get("scenario"))):
        for rule in tables(scenario.get("rules")):
            yield ("scenario", k), rule


def tables(value: object) -> list[Table]:
    """Of what ought to be a list of tables, those that are."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _check_scenarios(faults: Faults, file: ScenarioFile, base: Path) -> None:
    names = [scenario.name for scenario in file.scenario]
    for k, scenario in enumerate(file.scenario):
        section = ("scenario", k)
        if len(scenario.name) > most("name"):
            mend = f"Give at most {most('name')} letters"
            faults.add(section, "name", f"the name {scenario.name!r} is too long", mend)
        if scenario.name in names[:k]:
            faults.add(section, "name", f"the name {scenario.name!r} stands twice", "Give each scenario its own name")
        if scenario.plan is not None and scenario.baseline is not None:
            mend = "Keep one of them: each stands for the plan that is scored"
            faults.add(section, "baseline", "a scenario cannot have both plan and baseline", mend)
        elif scenario.plan is not None and not (base / scenario.plan).is_file():
            mend = "Give the path of a plan file, relative to the scenario file"
            faults.add(section, "plan", f"there is no file {scenario.plan!r}", mend)
        for key in scenario.given if scenario.searched else ():
            if key in _swept(file):
                mend = "Take it out of the scenario or of the sweep"
                faults.add(section, key, "the sweep sets it too, which would pass over this value", mend)


def _swept(file: ScenarioFile) -> list[str]:
    """The options that the sweep sets, as often as it does."""
    swept = file.sweep.model_dump(exclude_unset=True)
    zips = swept.pop("zip", [])
    return [*swept, *(key for lists in zips for key in lists)]


def _check_sweep(faults: Faults, file: ScenarioFile) -> None:
    swept = _swept(file)
    for k, lists in enumerate(file.sweep.model_dump(exclude_unset=True).get("zip", [])):
        lengths = {key: len(values) for key, values in lists.items()}
        if len(set(lengths.values())) > 1:
            problem = "the lists differ in length: " + ", ".join(f"{key} {n}" for key, n in lengths.items())
            faults.add(("sweep.zip", k), next(iter(lengths)), problem, "Give lists of one length")
        for key in lists:
            if swept.count(key) > 1:
                mend = "Keep one of the lists"
                faults.add(("sweep.zip", k), key, "the sweep sets it more than once", mend)


def _folders(faults: Faults, file: ScenarioFile, base: Path) -> tuple[Path, ...]:
    """The districts' folders, each once, patterns in the order of names."""
    if (file.district is None) == (file.districts is None):
        mend = 'Give district = "FOLDER", or districts = ["FOLDERS/*"], and not both'
        faults.add(TOP, "district", "there must be one of district and districts", mend)
        return ()
    if file.district is not None:
        return tuple(_literal(faults, "district", file.district, base))
    found: dict[Path, None] = {}
    for pattern in file.districts or ():
        found |= dict.fromkeys(_matching(faults, pattern, base))
    return tuple(found)


def _matching(faults: Faults, pattern: str, base: Path) -> list[Path]:
    if (base / pattern).is_dir() or not glob.has_magic(pattern):
        return _literal(faults, "districts", pattern, base)
    names = sorted(glob.glob(pattern, root_dir=base, recursive=True))  # noqa: PTH207 - Path's takes no absolute ones
    paths = [base / name for name in names]
    folders = [path for path in paths if there(path / "district.toml")]
    lost = [f"{path.name} (to {path.readlink()})" for path in paths if path.is_symlink() and not path.exists()]
    if lost:
        problem = f"{pattern!r} matches links that lead nowhere: {listed(lost)}"
        faults.add(TOP, "districts", problem, "Mend the links, or take them away")
    _note_passed_over(faults.name, pattern, paths, folders)
    if not folders and not lost:
        mend = "Give a pattern that matches folders with a district.toml in them, relative to the scenario file"
        faults.add(TOP, "districts", f"nothing matches {pattern!r}", mend)
    return folders


def _note_passed_over(name: str, pattern: str, paths: list[Path], folders: list[Path]) -> None:
    """A doubt of folders that a pattern matches and that are no districts, nor parts of one, nor hold one."""
    within = {folder for one in folders for folder in (*one.parents, one)}
    districts = set(folders)
    other = [path for path in paths if path.is_dir() and path not in within and not districts & set(path.parents)]
    if other:
        names = listed([path.name for path in other])
        doubt(name, f"folders that {pattern!r} matches have no district.toml, and are passed over: {names}")


def _literal(faults: Faults, key: str, name: str, base: Path) -> list[Path]:
    if (base / name).is_dir():
        return [base / name]
    mend = "Give the path of a folder with a district.toml in it, relative to the scenario file"
    faults.add(TOP, key, f"there is no folder {name!r}", mend)
    return []


Section = tuple[str, int]  # a header's name, and which of those it is, from 0; ("", 0) is what stands above all headers

HEADER = re.compile(r"^\s*\[\[?\s*([^\]\[]+?)\s*\]\]?\s*(#.*)?$")


def line_of(text: str, section: Section, key: str) -> int | None:
    """The line, from 1, where `key` is set in a section, its sub-tables included; the section's own header where the
    key is not found there; None without either. Text that looks like TOML within long texts may mislead it."""
    lines = text.splitlines()
    first, last = _span(lines, section)
    if first is None:
        first = _inline(lines, section[0])
    if first is None:
        return None
    sets = re.compile(rf"""(?:^|[\s,{{."'])["']?{re.escape(key)}["']?\s*=""")
    heads = re.compile(rf"""^\s*\[\[?\s*(?:[\w."'-]+\.)?["']?{re.escape(key)}["']?\s*\]""")
    for number in range(first, last):
        if sets.search(_code(lines[number])) or heads.search(lines[number]):
            return number + 1
    return None if section == ("", 0) else first + 1


def _span(lines: Sequence[str], section: Section) -> tuple[int | None, int]:
    """The section's first line and the one after its last, from 0. What stands above all headers may also be a header
    itself, so that it spans the whole file."""
    name, place = section
    if not name:
        return 0, len(lines)
    first, seen = None, -1
    for number, line in enumerate(lines):
        header = HEADER.match(line)
        if header is None:
            continue
        title = re.sub(r"\s*\.\s*", ".", header[1]).replace('"', "").replace("'", "")
        if title == name:
            seen += 1
        if first is None and title == name and seen == place:
            first = number
        elif first is not None and (title == name or not title.startswith(name + ".")):
            return first, number
    return first, len(lines)


def _inline(lines: Sequence[str], name: str) -> int | None:
    """Where a section without a header begins: `options.seed = 1`, or `options = { seed = 1 }`."""
    begins = re.compile(rf"""^\s*["']?{re.escape(name.partition(".")[0])}["']?\s*[.=]""")
    return next((number for number, line in enumerate(lines) if begins.match(line)), None)


def _code(line: str) -> str:
    """The line without its comment and without texts, but for keys in quotes."""
    return re.sub(r"""(?:"[^"]*"|'[^']*')(\s*=)?|#.*""", lambda part: part[0] if part[1] else "", line)
