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
if "MALLOC_MMAP_THRESHOLD_" not in os.environ:  # glibc reads it before Python starts: begin again with it set
    os.environ.update(MALLOC_MMAP_THRESHOLD_="1073741824", MALLOC_TRIM_THRESHOLD_="2147483648")
    os.execv(sys.executable, [sys.executable, *sys.argv])
sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import plan
from engine.training.architectures import ALL_PRESETS
from engine.training.events import Finished
from engine.training.train import train


def measure(name: str, seed: int) -> tuple[float, float]:
    """Seconds of processor time and the share of the test pictures read correctly; nothing read where it diverged."""
    preset = ALL_PRESETS[name]
    config = replace(preset.config, seed=seed)
    begun, accuracy = time.process_time(), 0.0
    for event in train(build(plan(preset.network), seed), config, load_mnist()):
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
        seconds, accuracies = zip(*(measure(name, seed) for seed in range(options.seeds)), strict=True)
        each = ", ".join(f"{accuracy:.2%}" for accuracy in accuracies)
        preset = ALL_PRESETS[name]
        print(
            f"| `{name}` | {plan(preset.network).parameters:,} | {preset.config.epochs} | {mean(seconds):.0f} "
            f"| {mean(accuracies):.2%} | {each} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
