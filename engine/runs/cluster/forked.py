"""Imports what every worker needs, once, in the process that workers are forked from. Must start no thread."""

import gc
import importlib

import torch

from engine.data.mnist import load_mnist
from engine.memory import give_back
from engine.runs.cluster.clock import use_steady_clock

for name in (
    "distributed.worker",
    "distributed.nanny",
    "engine.runs.worker.host",
    "engine.runs.worker.training_thread",
):
    importlib.import_module(name)
use_steady_clock()
torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])  # the first optimizer imports half of torch
load_mnist()  # unpacked and mapped once: workers that did so side by side would have a copy each
give_back()  # what unpacking took
gc.freeze()  # or the first collection in a worker writes to every page that it shares
