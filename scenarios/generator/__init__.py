"""Synthetic districts: realistic enough to learn on and to measure with, and never anybody's children."""

from scenarios.generator.character import Character
from scenarios.generator.make import generate, usual_name

__all__ = ["Character", "generate", "usual_name"]
