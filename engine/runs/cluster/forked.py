"""Imports what every worker needs, once, in the process that workers are forked from. Must start no thread."""

import contextlib
import ctypes
import gc
import importlib

import torch

from engine.data.mnist import load_mnist

for name in (
    "distributed.worker",
    "distributed.nanny",
    "engine.runs.worker.host",
    "engine.runs.worker.training_thread",
):
    importlib.import_module(name)
torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])  # the first optimizer imports half of torch
load_mnist()  # unpacked and mapped once: workers that did so side by side would have a copy each
gc.collect()
with contextlib.suppress(AttributeError):  # another C library than glibc
    ctypes.CDLL(None).malloc_trim(0)  # what unpacking took: the settings for torch would keep it
gc.freeze()  # or the first collection in a worker writes to every page that it shares
