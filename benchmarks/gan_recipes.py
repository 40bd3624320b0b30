"""How good each GAN recipe is after so many seconds of processor time on one thread, and what being watched costs.

python benchmarks/gan_recipes.py [RECIPE ...] [--seconds 5 20 60] [--seeds 1] [--overhead]
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.events import GanStarted, GanStep
from engine.gan.quality import NOISE_DISTANCE, Quality, quality_of, real_distance
from engine.gan.recipes import RECIPES
from engine.gan.sampling import GanModels, draw, fixed_z, make_gan
from engine.gan.train import Game, train_gan
from engine.runs.message import pack
from engine.training.events import FrameDrawn
from engine.training.streams import Clock, Controls, Stream

IMAGES = 2000
SAMPLES_SEED = 7
OVERHEAD_ROUNDS = 1500
OVERHEAD_TRIES = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", help=", ".join(RECIPES))
    parser.add_argument("--seconds", nargs="+", type=float, default=[5, 20, 60])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--overhead", action="store_true", help="measure what frames, figures and health cost instead")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.overhead:
        overhead()
        return
    print(f"Frechet distance: real pictures {real_distance(IMAGES):.1f}, pure noise {NOISE_DISTANCE:.0f}")
    print(f"{'recipe':<12} {'seed':>4}" + "".join(f"{f'{s:g} s':>34}" for s in options.seconds))
    for name in options.recipes or RECIPES:
        for seed in range(options.seeds):
            cells = "".join(f"{cell:>34}" for cell in measured(RECIPES[name].gan, seed, options.seconds))
            print(f"{name:<12} {seed:>4}{cells}", flush=True)


def measured(gan: GanSpec, seed: int, marks: list[float]) -> Iterator[str]:
    """At each of `marks` (seconds of processor time spent training): distance, digits, agreement, rounds."""
    gan = replace(gan, config=replace(gan.config, seed=seed, steps=100_000))
    data, models, controls = load_mnist(), make_gan(gan), Controls()
    marks, began, step = sorted(marks), 0.0, 0
    for event in train_gan(models, gan, data.train_images, data.train_labels, controls):
        if isinstance(event, GanStarted):
            began = time.process_time()
        elif isinstance(event, GanStep):
            step = event.step
        if time.process_time() - began >= marks[0]:
            paused = time.process_time()
            yield _cell(_quality(gan, models), step)
            began += time.process_time() - paused
            marks = marks[1:]
            if not marks:
                return


def _quality(gan: GanSpec, models: GanModels) -> Quality:
    z, labels = fixed_z(gan, IMAGES, SAMPLES_SEED)
    images = draw(models.maker, z, labels, gan.is_conditional)
    return quality_of(images, labels if gan.is_conditional else None)


def _cell(quality: Quality, step: int) -> str:
    agreement = "" if quality.agreement is None else f" {quality.agreement:.1%}"
    return f"{quality.distance:.1f} ({quality.digits_covered}/10{agreement}, {step:,} r)"


def overhead() -> None:
    """The same rounds with and without frames, evaluations, health and packing for the wire, interleaved."""
    name = "conditional"
    gan = RECIPES[name].gan
    gan = replace(gan, config=replace(gan.config, steps=OVERHEAD_ROUNDS))
    shares = []
    for _ in range(OVERHEAD_TRIES):
        bare, streamed = _bare(gan), _streamed(gan)
        shares.append(streamed / bare - 1)
        print(f"{name}, {OVERHEAD_ROUNDS} rounds: bare {bare:.1f} s, as a stream {streamed:.1f} s of processor time")
    print(f"frames, figures, health and packing cost {median(shares):.1%} (median of {OVERHEAD_TRIES})")


def _bare(gan: GanSpec) -> float:
    data = load_mnist()
    clock = Clock()
    game = Game(make_gan(gan), gan, data.train_images, data.train_labels, Controls(), clock)

    def rounds() -> Iterator[None]:
        for _ in range(gan.config.steps):
            for _ in game.round():
                pass
            yield None

    began = time.process_time()
    for _ in Stream(rounds(), gan.config.seed, clock):
        pass
    return time.process_time() - began


def _streamed(gan: GanSpec) -> float:
    """Without the evaluation at the very end, which is there once however long it trained."""
    data = load_mnist()
    models = make_gan(gan)
    began = time.process_time()
    for event in train_gan(models, gan, data.train_images, data.train_labels):
        if event is not None and not isinstance(event, FrameDrawn):
            pack([event], 1)
        if isinstance(event, GanStep) and event.step == gan.config.steps:
            break
    return time.process_time() - began


if __name__ == "__main__":
    main()
