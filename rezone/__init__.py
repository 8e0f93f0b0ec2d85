"""Both packages under one name, `import rezone as rz`: what `optimizer` and `scenarios` offer, loaded when asked."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer import *  # noqa: F403
    from scenarios import *  # noqa: F403
else:  # late, as in `scenarios`: both together take a third of a second

    def __dir__() -> list[str]:
        return sorted([*import_module("optimizer").__all__, *import_module("scenarios").__all__])

    def __getattr__(name: str) -> object:
        if name not in ("__all__", *__dir__()):
            raise AttributeError(f"module 'rezone' has no attribute '{name}'")
        where = "optimizer" if name in import_module("optimizer").__all__ else "scenarios"
        return __dir__() if name == "__all__" else getattr(import_module(where), name)
