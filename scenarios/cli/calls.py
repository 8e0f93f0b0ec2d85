"""How a call is read: no option twice, nothing empty, its words short and plain where they come back in an error."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

from optimizer.errors import LINE, Fault, InputError, cut

# What the library says of values, in plain words.
PLAIN = {"Input should be a valid integer": "give a whole number.", "Input should be a valid number": "give a number."}

NO_TEXT = re.compile("[\ud800-\udfff]")  # what stands for bytes that are not UTF-8


class Command(TyperCommand):
    """A command whose options stand once each, but for those that make a list."""

    def make_context(self, *given: Any, **further: Any) -> Any:
        try:
            return super().make_context(*given, **further)
        except Exception as error:
            said: Any = error
            # The usage errors of the command line's library, which name what was given, however long it is.
            if hasattr(error, "format_message") and isinstance(getattr(said, "message", None), str):
                told = next((plain for raw, plain in PLAIN.items() if said.message.startswith(raw)), said.message)
                told = told.replace("Input should be", "must be")
                said.message = cut(told, LINE // 2)
            raise

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            given, _, order = self.make_parser(ctx).parse_args(args=list(args))
            for one in order:
                _need_text(one, given.get(one.name))
            once = [one for one in order if one.param_type_name == "option" and not one.multiple]
            for k, one in enumerate(once):
                if one in once[:k]:
                    flag = max(one.opts, key=len)
                    raise InputError(Fault(flag, "is given twice", "Give it once"))
        return super().parse_args(ctx, args)


def _need_text(one: Any, value: Any) -> None:
    """Raises InputError where an option or argument is given as nothing: an empty path would be the folder in which one
    stands, and so it comes when a script's variable is not set. And where it is no text: libraries that read and write
    layers and tables know no such names, nor do JSON and TOML."""
    parts = value if isinstance(value, list | tuple) else [value]
    flag = max(one.opts, key=len) if one.param_type_name == "option" else one.metavar or one.name.upper()
    if any(part == "" for part in parts):
        raise InputError(Fault(flag, "is empty", "Give a value" if one.required else "Give a value, or leave it out"))
    for part in parts:
        if isinstance(part, str) and NO_TEXT.search(part):
            raise InputError(Fault(flag, f"'{part}' is not UTF-8", "Give the file or folder a name in UTF-8"))
