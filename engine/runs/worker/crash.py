"""What went wrong: in a run, in words for people; in a host, by its crash marker, a file that outlives its process,
with the current run and the crash message."""

import contextlib
import faulthandler
import mmap
import os
from dataclasses import dataclass
from pathlib import Path

from engine.catalogue.params import SpecError
from engine.text import Text
from engine.training.events import Failed

FOLDER = "PLAYGROUND_CRASH_MARKERS"  # set by the sidecar for its workers: a folder on this machine
LENGTH = 128  # bytes of a run's id at most


class CrashMarker:
    """Written by the training thread at every turn, for a microsecond; without FOLDER it does nothing."""

    def __init__(self) -> None:
        self._page: mmap.mmap | None = None
        folder = os.environ.get(FOLDER)
        if not folder:
            return
        with contextlib.suppress(OSError):
            path = Path(folder) / str(os.getpid())
            if not path.exists():  # or an earlier host of this process still writes there
                path.write_bytes(bytes(LENGTH))
            with path.open("r+b") as file:
                self._page = mmap.mmap(file.fileno(), LENGTH)
            self._crash = path.with_suffix(".crash").open("wb")
            faulthandler.enable(self._crash, all_threads=False)

    def put(self, run_id: str) -> None:
        """Write which run has its turn from now on; an empty id when none has."""
        if self._page:
            self._page[:] = run_id.encode()[:LENGTH].ljust(LENGTH, b"\0")


@dataclass(frozen=True, slots=True)
class CrashReport:
    """`run_id` is the run whose turn it was when the process ended, or empty. `crash` is the first line
    that the process wrote about its crash; empty when it was killed from outside."""

    run_id: str = ""
    crash: str = ""


def read_crash_report(folder: Path | None, process: int) -> CrashReport:
    """Read the marker that a process of this machine left."""
    if folder is None:
        return CrashReport()
    with contextlib.suppress(OSError):
        path = folder / str(process)
        run_id = path.read_bytes().rstrip(b"\0").decode(errors="replace")
        crash = path.with_suffix(".crash").read_text(errors="replace").partition("\n")[0]
        return CrashReport(run_id, crash)
    return CrashReport()


NO_MEMORY = Text("There was not enough memory to train this network.")


def describe_failure(error: Exception) -> Failed:
    """The event that ends a run which failed with `error`."""
    if isinstance(error, SpecError):
        return Failed(error.what, error.cure)
    text = str(error)
    if isinstance(error, MemoryError) or "memory" in text:
        return Failed(NO_MEMORY, Text("Use a smaller batch or fewer channels."))
    first_line = text.splitlines()[0][:200] if text else type(error).__name__
    what = Text("Training ended with an error: {error}", error=first_line)
    return Failed(what, Text("Change the network or its settings and train again."))
