"""Trains every preset as it is on one thread, and says what it costs and reaches: a line each, for docs/presets.md.

python benchmarks/presets.py [PRESET ...] [--seeds 3]
"""

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import mean

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import NetworkSpec, plan
from engine.training.architectures import ALL_PRESETS
from engine.training.config import TrainConfig
from engine.training.events import Finished
from engine.training.train import train


def measure(network: NetworkSpec, config: TrainConfig, seed: int) -> tuple[float, float]:
    """Seconds of processor time and the share of the test pictures read correctly; nothing read where it diverged."""
    begun, accuracy = time.process_time(), 0.0
    for event in train(build(plan(network), seed), replace(config, seed=seed), load_mnist()):
        if isinstance(event, Finished):
            accuracy = event.test_accuracy
    return time.process_time() - begun, accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", help=", ".join(ALL_PRESETS))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    load_mnist()
    print("| preset | parameters | epochs | CPU-seconds | test accuracy | of each seed |\n|" + " --- |" * 6)
    for name in options.presets or ALL_PRESETS:
        preset = ALL_PRESETS[name]
        measured = (measure(preset.network, preset.config, seed) for seed in range(options.seeds))
        seconds, accuracies = zip(*measured, strict=True)
        each = ", ".join(f"{accuracy:.2%}" for accuracy in accuracies)
        print(
            f"| `{name}` | {plan(preset.network).parameters:,} | {preset.config.epochs} | {mean(seconds):.0f} "
            f"| {mean(accuracies):.2%} | {each} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
