"""The reference that is made from the code when the pages are built: every command's usage and every option.

In a page the directive `{command} optimize` stands for what `rezone optimize --help` says, and `{options}` for the
table of the options that TOML files may set.
"""

from __future__ import annotations

from typing import Any

import typer
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from scenarios.cli.main import COMMANDS, app
from scenarios.options import Limits, Options


def command_names() -> list[str]:
    """Every command that is there, in the order in which `rezone --help` lists them."""
    return [command.__name__.replace("_", "-") for command in COMMANDS]


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
    app.add_directive("command", Command)
    app.add_directive("options", OptionTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
