"""`dask worker` loads this on a cluster's machines before it starts workers, so that they share one import of torch."""

import os
import sys
from pathlib import Path

from engine.runs.cluster.sidecar_process import fork_workers

ROOT = Path(__file__).parents[3]
HAS_NVIDIA = Path("/dev/nvidiactl").exists()  # CUDA does not outlive a fork; the one worker of a GPU shares nothing

if sys.platform == "linux" and not HAS_NVIDIA:
    # The process they are forked from imports `engine` by itself.
    os.environ["PYTHONPATH"] = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH")) if p)
    fork_workers()
