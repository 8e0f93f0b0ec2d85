"""The reference that is made from the code when the pages are built: every command's usage, every option, and what one
imports.

In a page the directive `{command} optimize` stands for what `rezone optimize --help` says, `{options}` for the table of
the options that TOML files may set, and `{api} optimizer.Plan` for the signature and the docstring of that name.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from functools import cached_property
from importlib import import_module
from types import FunctionType
from typing import Any

import typer
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from scenarios.asking.options import Limits, Options
from scenarios.cli.main import COMMANDS, app


def command_names() -> list[str]:
    """Every command that is there, in the order in which `rezone --help` lists them."""
    return [command.__name__.strip("_").replace("_", "-") for command in COMMANDS]


def parameters(name: str) -> list[tuple[str, str]]:
    """Of one command: each argument or flag as written, and what it does."""
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return [_row(parameter) for parameter in command.params if parameter.name != "help"]


def _row(parameter: Any) -> tuple[str, str]:
    argument = parameter.param_type_name == "argument"
    names = [parameter.metavar or parameter.name.upper()] if argument else [*parameter.opts, *parameter.secondary_opts]
    text = (parameter.help or "").strip()
    default = parameter.default
    if not (argument or parameter.is_flag or default in (None, (), [])) and "efault" not in text:
        text += f" Default: {default}."
    return " / ".join(f"`{name}`" for name in names), text + (" Required." if parameter.required else "")


def option_rows() -> list[tuple[str, str, str]]:
    """Of each option: its key, its default, and what it does."""
    return [(name, _default(field.default), field.description or "") for name, field in Options.model_fields.items()]


def _default(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def table(head: list[str], rows: list[Any]) -> str:
    """A table in Markdown."""
    lines = [
        "| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *[[*map(_cell, row)] for row in rows]]
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def api(path: str) -> str:
    """Of a function or a class, by `package.name`: how it is called, its docstring, and a class's public parts."""
    package, _, name = path.rpartition(".")
    found = getattr(import_module(package), name)
    called = textwrap.fill(f"{name}{_signature(found)}", WIDE, subsequent_indent=" " * (len(name) + 1))
    lines = [f"```text\n{called}\n```", _prose(found)]
    parts = vars(found).items() if inspect.isclass(found) else ()
    rows = [_part(part, value) for part, value in parts if _told(part, value)]
    if rows:
        lines.append(table(["part", "what"], rows))
    return "\n\n".join(lines) + "\n"


WIDE = 88  # letters of a line that a page shows whole
PARTS = (property, cached_property, classmethod, FunctionType)


def _told(part: str, value: Any) -> bool:
    return not part.startswith("_") and isinstance(value, PARTS) and bool(inspect.getdoc(_inner(value)))


def _inner(value: Any) -> Any:
    """The function behind a property or a method of the class."""
    for name in ("fget", "func", "__func__"):
        value = getattr(value, name, value)
    return value


def _part(part: str, value: Any) -> tuple[str, str]:
    called = "" if isinstance(value, property | cached_property) else _signature(_inner(value), own=False)
    return f"`{part}{called}`", _prose(_inner(value))


def _signature(found: Any, *, own: bool = True) -> str:
    """As it is called: names and defaults; types stand in the code."""
    given = [part for part in inspect.signature(found).parameters.values() if own or part.name not in ("self", "cls")]
    bare = [part.replace(annotation=inspect.Parameter.empty) for part in given]
    return str(inspect.Signature(bare))


def _prose(found: Any) -> str:
    """The docstring as Markdown: what looks like HTML in it is text."""
    return re.sub(r"<(?=[^`]*(?:`[^`]*`[^`]*)*$)", r"\\<", inspect.getdoc(found) or "")


class Api(SphinxDirective):
    """`{api} PACKAGE.NAME`: what the name is, from its own docstring."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes(api(self.arguments[0]))


class Command(SphinxDirective):
    """`{command} NAME`: what the command says of itself, and its arguments and flags."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        help_text = typer.main.get_command(app).commands[name].help  # type: ignore[attr-defined]
        text = f"{help_text}\n\n" + table(["argument or flag", "what"], parameters(name))
        return self.parse_text_to_nodes(text)


class OptionTable(SphinxDirective):
    """`{options}`: every option of TOML files and flags."""

    def run(self) -> list[nodes.Node]:
        rows = [
            (f"`{key}`", default, text, "yes" if key in Limits.model_fields else "")
            for key, default, text in option_rows()
        ]
        return self.parse_text_to_nodes(table(["key", "default", "what", "in `[limits]`"], rows))


def setup(app: Any) -> dict[str, bool]:
    app.add_directive("api", Api)
    app.add_directive("command", Command)
    app.add_directive("options", OptionTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
