"""What may go to a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Names come from files: nothing in them may steer a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
