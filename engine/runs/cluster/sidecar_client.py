"""The server's side of the sidecar: starts it, reads the scheduler's address, and ends it."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from distributed.security import Security

from engine.runs.cluster.address import SchedulerAddress

ROOT = Path(__file__).parents[3]
ADD_HEAVY, MEND = b"heavy\n", b"mend\n"
GRACE_SECONDS = 2.0
QUIET = "ignore:resource_tracker:UserWarning"  # what a killed sidecar leaves is cleaned up all the same


def worker_count() -> int:
    """`PLAYGROUND_WORKERS`, or one worker for every core this process may use."""
    named = os.environ.get("PLAYGROUND_WORKERS", "")
    if named.isdigit() and int(named):
        return int(named)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A running sidecar. It and its workers end when `process.stdin` closes, by our hand or with our own end."""

    process: subprocess.Popen[bytes]

    def wait(self) -> tuple[SchedulerAddress, Path]:
        """Wait until the workers are there; the scheduler's address, and the folder of their crash markers. Raises
        RuntimeError."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the training processes ended as they started, with code {self.process.wait()}")
        answer = json.loads(line)
        security = Security(require_encryption=True, **answer["tls"])
        return SchedulerAddress(answer["address"], security), Path(answer["crash_markers"])

    def ask(self, line: bytes) -> None:
        """Send `ADD_HEAVY` to start one more worker, for runs with long steps, or `MEND` to replace missing ones."""
        assert self.process.stdin
        with contextlib.suppress(OSError):  # it has just ended
            self.process.stdin.write(line)
            self.process.stdin.flush()

    def close(self) -> None:
        """End it, by force when it takes longer than a moment."""
        assert self.process.stdin and self.process.stdout
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()  # the workers watch it and end with it
            self.process.wait()
        self.process.stdout.close()


def start_sidecar(workers: int) -> Sidecar:
    """Start a sidecar with so many workers. It imports `engine` from here, whatever folder the server started in."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH")) if p)
    # A process group of its own keeps a Ctrl-C in a Windows console away from it; elsewhere it ignores the signal.
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.runs.cluster.sidecar_process", str(workers)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": QUIET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        creationflags=flags,
    )
    return Sidecar(process)
