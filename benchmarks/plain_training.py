"""A preset trained by `train()` alone, with nothing around it: for each number on stdin so many seconds, then a line
with the pictures it has read and the CPU-seconds it took."""

import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import plan
from engine.training.events import StepDone
from engine.training.presets import PRESETS
from engine.training.train import train


def main() -> None:
    torch.set_num_threads(1)
    preset = PRESETS[sys.argv[1]]
    config = replace(preset.config, epochs=100)
    stream = train(build(plan(preset.network), config.seed), config, load_mnist())
    while not isinstance(next(stream), StepDone):
        pass
    print("ready", flush=True)
    for line in sys.stdin:
        pictures, began, until = 0, time.process_time(), time.monotonic() + float(line)
        while time.monotonic() < until:
            if isinstance(next(stream), StepDone):
                pictures += config.batch_size
        print(pictures, time.process_time() - began, flush=True)


if __name__ == "__main__":
    main()
