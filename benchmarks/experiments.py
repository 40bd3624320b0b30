"""Trains the experiments of the page Runs on one thread, and says what each of their networks reaches.

python benchmarks/experiments.py [depth] [vanishing] [memory] [few] [dropout] [l2] [augmentation] [--seeds 3]
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.presets import measure
from engine.training.experiments import EXPERIMENTS, OVERFITTING


def main() -> None:
    every = EXPERIMENTS | OVERFITTING
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiments", nargs="*", help=", ".join(every))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print("| experiment | network | CPU-seconds | test accuracy of each seed |\n|" + " --- |" * 4)
    for name in options.experiments or every:
        for network, config in every[name].trainings:
            measured = [measure(network, config, seed) for seed in range(options.seeds)]
            each = ", ".join(f"{accuracy:.1%}" for _, accuracy in measured)
            seconds = sum(seconds for seconds, _ in measured) / len(measured)
            print(f"| {name} | {network.name} | {seconds:.0f} | {each} |", flush=True)


if __name__ == "__main__":
    main()
