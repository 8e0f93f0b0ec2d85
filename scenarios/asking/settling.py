"""From flags, a TOML file and the district's own limits to what the optimizer takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from optimizer.errors import Fault, InputError, doubt
from scenarios.asking.config import read_config
from scenarios.asking.near import with_near
from scenarios.asking.options import AskedLimits, Options, Settings, faults_of
from scenarios.asking.order import laid_over, slack_of
from scenarios.asking.rule_files import located
from scenarios.asking.rule_tables import parse_rule, rule_faults
from scenarios.reading.most import need_most
from scenarios.reading.values import NOTHING, Table

PERCENT = {"travel_increase": 10.0, "size_tolerance": 5.0, "gap": 1.0}  # more is likely to be meant as percent


def settle(
    flags: Table = NOTHING,
    config: Path | None = None,
    limits: Table = NOTHING,
    *,
    rules: Sequence[str] = (),
    scenario: str | None = None,
    folders: Sequence[Path] = (),
) -> Settings:
    """A flag beats the file, the file beats the district's [limits], those beat the defaults.

    flags: options by name, None where not given. rules: the texts of --rule, whose rules come after the file's.
    scenario: which of the file's. folders: of the districts. Raises InputError naming every wrong key and value of each
    source.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    if isinstance(objective := given.get("objective"), str):
        given["objective"] = _objective(objective)
    if isinstance(slack := given.get("slack"), str):
        given["slack"] = slack_of(slack)
    if scenario is not None and config is None:
        raise InputError(Fault("--scenario", f"'{scenario}' is of no file", "Give its file with --config"))
    file, tables = ({}, ()) if config is None else read_config(config, scenario, flags=flags, folders=folders)
    name = "rules" if config is None else config.name
    faults = [
        *faults_of(AskedLimits, limits, "district.toml [limits]"),
        *faults_of(Options, file, f"{name} [options]"),
        *faults_of(Options, given, ""),
        *(fault for k, rule in enumerate(tables) for fault in rule_faults(rule, f"{name} [[rules]] number {k + 1}")),
    ]
    for text in rules:
        rule = located(parse_rule(text), Path())
        faults += rule_faults(rule, f"--rule {text!r}")
        tables = (*tables, rule)
    if faults:
        raise InputError(faults)
    need_most("--rule" if config is None else config.name, "rules", len(tables))
    options = Options.model_validate(laid_over({**limits, **file}, given))
    for key, most in PERCENT.items():
        if (value := getattr(options, key)) > most:
            doubt(key, f"{value:,g} means {100 * value:,g} %, so that it asks next to nothing; 15 % is 0.15")
    here = {"near": Path(), "from": Path()}
    here |= {} if config is None else {name: config.parent for name in here if name in file and name not in given}
    if "near" in limits and "near" not in given and "near" not in file:
        here["near"] = folders[0] if folders else Path()
    return with_near(options, tables, here)


def _objective(text: str) -> object:
    """`disparity=1,travel_mean=0.1` as a table, `travel_mean,disparity` as a list; a plain name as it is."""
    if "=" not in text:
        return [name.strip() for name in text.split(",")] if "," in text else text
    parts: dict[str, float] = {}
    for part in text.split(","):
        name, _, weight = part.partition("=")
        try:
            parts[name.strip()] = float(weight)
        except ValueError:
            problem = f"'{part}' is not a name and a weight"
            raise InputError(Fault("--objective", problem, "Write disparity=1,travel_mean=0.1")) from None
    return parts
