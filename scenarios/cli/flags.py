"""Flags made from the fields of the option models, so that a flag, a TOML key and its help are written once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from scenarios.asking.options import Limits, Options
from scenarios.asking.plugins import load_plugins

KINDS: dict[str, type] = {
    "contiguity": bool,
    "strict": bool,
    "iterations": int,
    "seed": int,
    "threads": int,
    "objective": str,
    "solver": str,
}  # the others are floats
LIMITS = (*Limits.model_fields, "strict")

DistrictFolder = Annotated[Path, typer.Argument(metavar="DISTRICT", help="The district's folder.", show_default=False)]
Config = Annotated[
    Path | None, typer.Option("--config", help="A TOML file with [options] and [[rules]].", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]


def with_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command a flag for each named option; it gets them as one dict `flags`, None where not given. With the
    limits comes --rule, which may stand several times: `rule` in `flags` is the list of its texts; --scenario, of the
    file of --config; and --plugin, whose files are run first. `folders` in `flags` are those of the districts."""
    rule = set(LIMITS) <= set(names)

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**given: Any) -> None:
            if rule:
                load_plugins(given.pop("plugin") or ())
            flags = {name: given.pop(name) for name in (*names, *(["rule", "scenario"] if rule else []))}
            folders = given.get("districts") or [given.get("district")]
            command(**given, flags=flags | {"folders": [one for one in folders if one is not None]})

        signature = inspect.signature(command, eval_str=True)
        own = [parameter for name, parameter in signature.parameters.items() if name != "flags"]
        parameters = [*own, *(_flag(name) for name in names), *([SCENARIO, RULE, PLUGIN] if rule else [])]
        run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return wrap


_RULES = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        help='A rule, as a kind and its keys: --rule "close schools=S07,S08". May be given several times.',
        show_default=False,
        rich_help_panel="Limits",
    ),
]
_PLUGINS = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        help="A Python file with rules or objectives of your own (docs/plugins.md). Its code is run.",
        show_default=False,
        rich_help_panel="Limits",
    ),
]
_SCENARIOS = Annotated[
    str | None,
    typer.Option("--scenario", help="Which of the scenarios of --config to ask.", show_default=False),
]
SCENARIO = inspect.Parameter("scenario", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_SCENARIOS)
PLUGIN = inspect.Parameter("plugin", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_PLUGINS)
RULE = inspect.Parameter("rule", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_RULES)


def _flag(name: str) -> inspect.Parameter:
    text = Options.model_fields[name].description
    flag = "--" + name.replace("_", "-")
    if name == "contiguity":
        flag += "/--no-contiguity"
    panel = "Limits" if name in LIMITS else "Search"
    option = typer.Option(flag, help=text, show_default=False, rich_help_panel=panel)
    annotation = Annotated[KINDS.get(name, float) | None, option]  # type: ignore[valid-type]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
