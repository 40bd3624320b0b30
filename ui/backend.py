"""The one run service of this process, begun and closed by app.py."""

import functools
import gc
import importlib
import sys
import threading

from engine.memory import collect_when_quiet, share_memory
from engine.runs.service import RunService

# What the pages import. Loading it takes seconds, so the server does it before it says that it is there.
MODULES = (
    "pandas",
    "plotly.graph_objects",
    "engine.network.build",
    "engine.training.saving",
    "engine.export.formats",
    "engine.training.predict",
    "engine.training.presets",
    "ui.train.run",
    "ui.pad",
    "ui.charts",
    "ui.forms",
    "ui.gan.studio",
    "ui.inside.view",
    "ui.plane.view",
)
PAGES_AT_ONCE = threading.BoundedSemaphore(2)  # more are not sooner done, and all else that is asked waits longer
SWITCH_SECONDS = 0.0005  # pages are worked out in threads, each of which may hold up all sockets for that long


@functools.cache
def service() -> RunService:
    """The run service of this process, made when first asked for."""
    return RunService()


def warm_up() -> None:
    """Import what the pages need, with one torch thread: the training processes need the other cores."""
    import torch

    share_memory()
    torch.set_num_threads(1)
    for name in MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # or each full collection goes through all that is loaded, and every page stands still for 300 ms
    collect_when_quiet()
    sys.setswitchinterval(SWITCH_SECONDS)
