"""Where the compiled kernels are kept, whether they are there, and how they come to be there.

numba compiles a function when it is first called: a minute for all, at the first start, deaf to Ctrl-C. So child
processes compile them, in parts that share nothing, while this one waits and tells how far they are. All kernels go
into one folder, whose name says what they were made of: sources, versions, processor. It is filled beside, and takes
its name when it is whole: there is never half of one, and nothing has to be cleared where something changes. The names
and hashes of its files stand in it, so that a damaged one is made anew. Nothing here imports numba.

A process only ever loads kernels from there. What a process compiles itself would be other code: of a kernel that may
reorder its sums, it finds one copy compiled by itself and one within each of its callers, and which of them it takes is
chance.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).parent
PARTS = ("search", "bound")  # of optimizer.warm, each compiled by a process of its own
MAKING = "REZONE_KERNELS"  # in such a process: the folder to fill
WHOLE = "whole.json"  # in a folder that is: {file name: SHA-256}
KEPT = 8  # folders of other sources, versions and processors, at the most
POLL = 0.05  # seconds

_lock = threading.RLock()
_there: bool | None = None  # not known yet
_spent = 0.0
_children: list[subprocess.Popen[bytes]] = []
_told: list[Callable[[float], None]] = []  # one at most


def tell_with(tell: Callable[[float], None]) -> None:
    """Whom to tell while kernels are compiled: called some twenty times a second, with the share that is done."""
    _told[:] = [tell]


def _tell(share: float) -> None:
    for tell in _told:
        tell(share)


def ensure() -> bool:
    """Compile all kernels, where they are not there yet. False where none can be kept, or no process be started: then
    each process compiles what it needs by itself."""
    global _there, _spent  # noqa: PLW0603 - once in a process
    if are_made_here() or os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return False
    with _lock:
        if _there is None:
            began = time.monotonic()
            if not compiled():
                with suppress(OSError, subprocess.CalledProcessError):
                    _make(folder(), _tell)
                    _tell(1.0)
                _spent += time.monotonic() - began
            _there = compiled()
        return _there


def are_made_here() -> bool:
    """Whether this is one of the processes that compile all kernels."""
    return MAKING in os.environ


def compiled() -> bool:
    """Whether all kernels are there."""
    return _whole(folder())


def abandon() -> None:
    """End what compiles: where this process is left without a word."""
    for process in _children:
        process.kill()


def seconds() -> float:
    """How long this process has waited for kernels: time that no limit counts."""
    return _spent


@cache
def folder() -> Path:
    """Where the kernels of these sources, versions and this processor are, or will be."""
    if are_made_here():
        return Path(os.environ[MAKING])
    places = [root / f"kernels-{_fingerprint()}" for root in _roots()]
    there = (place for place in places if _trusted(place.parent) and _whole(place))
    return next(there, None) or next((place for place in places if _can_be_written(place.parent)), places[-1])


def _roots() -> Iterator[Path]:
    """Beside the sources, as compiled Python is; where that is read-only, with the user's caches; else among temporary
    files. NUMBA_CACHE_DIR comes before the first two."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        yield Path(given).absolute()
    else:
        yield PACKAGE / "solvers" / "kernel" / "__pycache__"
        with suppress(RuntimeError):  # there is no home
            yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rezone"
    yield Path(tempfile.gettempdir()) / f"rezone-{os.getuid() if hasattr(os, 'getuid') else 'kernels'}"


def _can_be_written(root: Path) -> bool:
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        tempfile.TemporaryFile(dir=root).close()
    except OSError:
        return False
    return _trusted(root)


def _trusted(root: Path) -> bool:
    """Whether nobody else can have put it among temporary files: whoever writes there runs code as us."""
    if root.parent != Path(tempfile.gettempdir()) or not hasattr(os, "getuid"):
        return True
    with suppress(OSError):
        about = root.lstat()
        return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o022
    return False


@cache
def _fingerprint() -> str:
    """Of all that the compiled code is made of."""
    digest = hashlib.sha256()
    for source in _sources():
        digest.update(source.read_bytes())
    settings = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_")]
    settings = [line for line in settings if not line.startswith(("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS"))]
    about = [sys.version, version("numba"), version("llvmlite"), platform.machine(), _processor(), *sorted(settings)]
    digest.update("\n".join(about).encode())
    return digest.hexdigest()[:16]


def _sources() -> list[Path]:
    return [*sorted(PACKAGE.glob("*/kernel/*.py")), PACKAGE / "warm.py"]


def _processor() -> str:
    """What the compiler looks at: name and features."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("\n\n")[0]
    except OSError:
        return platform.processor()
    known = ("vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU")
    return "\n".join(line for line in first.splitlines() if line.startswith(known))


def _whole(place: Path) -> bool:
    """Whether all that was compiled is there, undamaged."""
    try:
        files: dict[str, str] = json.loads((place / WHOLE).read_text(encoding="utf-8"))
        return bool(files) and all(_hash(place / name) == digest for name, digest in files.items())
    except (OSError, ValueError, AttributeError):
        return False


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _make(place: Path, tell: Callable[[float], None]) -> None:
    """Fill `place`. Raises OSError or CalledProcessError where that fails; KeyboardInterrupt leaves nothing behind."""
    with _alone(place.parent, tell):
        if _whole(place):  # another process has made it meanwhile
            return
        for left in place.parent.glob("making-*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix="making-", dir=place.parent))
        try:
            _compile(new, tell)
            (new / WHOLE).write_text(json.dumps({file.name: _hash(file) for file in new.iterdir()}), encoding="utf-8")
            new.chmod(0o755)  # for others that may read the sources
            shutil.rmtree(place, ignore_errors=True)
            new.rename(place)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        others = sorted(place.parent.glob("kernels-*"), key=lambda other: other.stat().st_mtime)
        for old in others[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(root: Path, tell: Callable[[float], None]) -> Iterator[None]:
    """Several first processes at once: one compiles, the others wait for it; where files cannot be locked, each does
    it for itself."""
    try:
        import fcntl  # noqa: PLC0415 - not everywhere
    except ImportError:
        yield
        return
    with (root / "making.lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                tell(_share(root))
                time.sleep(POLL)
            except OSError:
                break
        yield


def _compile(new: Path, tell: Callable[[float], None]) -> None:
    path = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = os.environ | {MAKING: str(new), "PYTHONPATH": path}
    try:
        for part in PARTS:
            words = (sys.executable or "python3", "-P", "-W", "ignore", "-m", "optimizer.warm", part)
            none = subprocess.DEVNULL
            # In a session of its own, so that Ctrl-C reaches it through us alone: it would be deaf to it.
            _children.append(
                subprocess.Popen(words, env=env, stdin=none, stdout=none, stderr=none, start_new_session=True)
            )
        while any(process.poll() is None for process in _children):
            tell(_share(new.parent))
            time.sleep(POLL)
    finally:
        abandon()
        ended = [(process.wait(), process.args) for process in _children]
        _children.clear()
    for status, ran in ended:
        if status:
            raise subprocess.CalledProcessError(status, ran)


def _share(root: Path) -> float:
    """Of the kernels, how many are compiled by now. The last few, which hold all others, take a third of the time."""
    total = sum(len(re.findall(r"^@\w+$", source.read_text(encoding="utf-8"), re.M)) for source in _sources())
    return 2 / 3 * min(1.0, sum(1 for _ in root.glob("making-*/*.nbc")) / total)
