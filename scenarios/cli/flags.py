"""What commands about a district are asked: options, rules and where the district lies. Flags are made from the fields
of the option models, so that a flag, a TOML key and its help are written once."""

from __future__ import annotations

import functools
import inspect
import keyword
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenarios.asking.options import AskedLimits, Options
from scenarios.asking.plugins import load_plugins
from scenarios.reading.most import most
from scenarios.reading.values import Table

if TYPE_CHECKING:
    from optimizer.district import District
    from scenarios.asking.options import Settings

KINDS: dict[str, type] = {
    "contiguity": bool,
    "strict": bool,
    "iterations": int,
    "seed": int,
    "threads": int,
    "objective": str,
    "slack": str,
    "solver": str,
    "near": str,
    "from": str,
}  # the others are floats
LIMITS = (*AskedLimits.model_fields, "strict")
SEARCH = ("objective", "time_limit", "iterations", "seed", "threads")  # options of most commands that search

DistrictFolder = Annotated[Path, typer.Argument(metavar="DISTRICT", help="The district's folder.")]
Config = Annotated[Path | None, typer.Option("--config", help="A TOML file with [options] and [[rules]].")]
Draws = Annotated[
    int | None,
    typer.Option(
        "--draws",
        min=1,
        max=most("draws"),
        help="Measure on so many redrawn counts besides, the folder's draws or a model's, and give 90 % intervals.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]
Scenario = Annotated[str | None, typer.Option("--scenario", help="Which of the scenarios of --config to ask.")]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        help='A rule, as a kind and its keys: --rule "close schools=S07,S08". May be given several times.',
        rich_help_panel="Limits",
    ),
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        help="A Python file with rules or objectives of your own (docs/plugins.md). Its code is run.",
        rich_help_panel="Limits",
    ),
]
BESIDE = {"scenario": Scenario, "rule": Rules, "plugin": Plugins}  # flags that go with those of the limits


@dataclass(frozen=True)
class Asked:
    """options: by name, None where not given. rules: the texts of --rule. scenario: of the file `config`."""

    options: Table
    rules: Sequence[str]
    scenario: str | None
    config: Path | None
    folder: Path | None

    @property
    def any(self) -> bool:
        """Whether anything is asked besides the district."""
        values = (*self.options.values(), self.rules or None, self.scenario, self.config)
        return any(value is not None for value in values)

    @property
    def district(self) -> Path:
        """The district's folder, which the command cannot do without."""
        assert self.folder is not None
        return self.folder

    def settings(self) -> Settings:
        """Raises InputError naming every wrong key and value."""
        from scenarios.asking.settling import settle
        from scenarios.folder import read_limits

        limits, folders = ({}, ()) if self.folder is None else (read_limits(self.folder), (self.folder,))
        return settle(self.options, self.config, limits, rules=self.rules, scenario=self.scenario, folders=folders)

    def read(self) -> District:
        from scenarios.folder import read_district

        return read_district(self.district)


def asks(*search: str, of_one: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command a flag for each limit and each named option of the search, and with them --config, --scenario,
    --rule, which may stand several times, and --plugin, whose files are run first. It gets all of it as its first
    parameter. of_one: its first argument is the folder of the district, which is part of that."""
    names = (*LIMITS, *search)

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = list(signature.parameters.values())[1:]

        @functools.wraps(command)
        def run(**given: Any) -> None:
            load_plugins(given.pop("plugin") or ())
            options = {name: given.pop(_python(name)) for name in names}
            rules, scenario = given.pop("rule") or (), given.pop("scenario")
            config = given.pop("config") if "config" not in signature.parameters else None
            folder = given.pop("district") if of_one else None
            command(Asked(options, rules, scenario, config, folder), **given)

        parameters = [*own, *map(_flag, names), *(_named(name, hint) for name, hint in BESIDE.items())]
        if "config" not in signature.parameters:
            parameters.insert(len(own), _named("config", Config))
        if of_one:
            place = inspect.Parameter("district", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=DistrictFolder)
            parameters.insert(0, place)
        run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return wrap


def _python(name: str) -> str:
    """The name as a parameter may have it."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _named(name: str, hint: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)


def _flag(name: str) -> inspect.Parameter:
    flag = "--" + name.replace("_", "-") + ("/--no-contiguity" if name == "contiguity" else "")
    panel = "Limits" if name in LIMITS else "Search"
    text = Options.model_fields[name].description
    option = typer.Option(flag, help=text, rich_help_panel=panel)
    return _named(_python(name), Annotated[KINDS.get(name, float) | None, option])
