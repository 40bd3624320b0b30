"""Imports what every worker needs, once, in the process that workers are forked from. Must start no thread."""

import gc
import importlib
import sys

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
# A training thread lets Python's lock go for a moment in each step, and has it again before another thread is awake.
# Only who has waited for a whole interval without such a moment is let in: with the usual 5 ms and steps of 2 ms a host
# on a slow machine told nothing of its runs for seconds.
sys.setswitchinterval(0.0005)
torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])  # the first optimizer imports half of torch
load_mnist()  # unpacked and mapped once: workers that did so side by side would have a copy each
give_back()  # what unpacking took
gc.freeze()  # or the first collection in a worker writes to every page that it shares
