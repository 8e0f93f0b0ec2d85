"""How the kernels of the bound are compiled: `called` and `called_strict` are called from Python."""

from __future__ import annotations

from optimizer.solvers.kernel.jit import INNER, LEAN, kept

# Sums may be reordered, so that they run in vector registers; the same compiled code always orders them the same way.
FREE = {"fastmath": {"reassoc", "contract", "nsz"}}
called = kept(LEAN | FREE)
compiled = kept(INNER | FREE)

# What is claimed is summed in the order written, with no freedom for the compiler.
called_strict = kept(LEAN)
strict = kept(INNER)
