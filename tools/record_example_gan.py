"""Record the GAN that pages show before a visitor has one: its film, its curves and its weights, as they really went.

python tools/record_example_gan.py --recipe conditional --seed 0 --seconds 60
"""

import argparse
import gzip
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from engine.data.mnist import load_mnist
from engine.files import write_whole
from engine.gan.events import GanFinished, GanStep
from engine.gan.kind import EXAMPLE_GAN
from engine.gan.recipes import DEFAULT, RECIPES
from engine.gan.sampling import make_gan
from engine.gan.saving import save_gan
from engine.gan.train import train_gan
from engine.kinds import job_to_json
from engine.runs.message import pack
from engine.runs.results import PATHS, frame_to_json, weights_path
from engine.training.events import Event, FrameDrawn, as_json
from engine.training.streams import Controls


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", choices=RECIPES, default=DEFAULT)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=math.inf, help="of busy time; the recipe's rounds otherwise")
    parser.add_argument("--rounds", type=int, help="instead of the recipe's")
    asked = parser.parse_args()
    torch.set_num_threads(1)  # as in a host; more of them wait for each other on steps this small
    gan = RECIPES[asked.recipe].gan
    gan = replace(gan, config=replace(gan.config, seed=asked.seed, steps=asked.rounds or gan.config.steps))
    models, controls, data = make_gan(gan), Controls(), load_mnist()
    events: list[Event] = []
    for event in train_gan(models, gan, data.train_images, data.train_labels, controls):
        if event is None:
            continue
        events.append(event)
        if isinstance(event, FrameDrawn) and event.seconds > asked.seconds:
            controls.stop = True
    last = events[-1]
    if not isinstance(last, GanFinished):
        sys.exit(str(last))
    # The example is a whole run: a round after which it was stopped is the last one planned.
    gan = replace(gan, config=replace(gan.config, steps=last.step))
    events = [replace(e, steps=last.step) if hasattr(e, "real_distance") else e for e in events]
    events[-1] = replace(last, stopped=False)
    recording = {
        "job": job_to_json(gan),
        "messages": [pack(events, seq=len(events))],
        "frames": [frame_to_json(event) for event in events if isinstance(event, FrameDrawn)],
    }
    path = PATHS[EXAMPLE_GAN]
    write_whole(path, gzip.compress(json.dumps(recording, separators=(",", ":")).encode(), 9, mtime=0))
    save_gan(weights_path(path), gan, models, {"finished": as_json(events[-1])})
    rounds = sum(isinstance(event, GanStep) for event in events)
    sizes = " and ".join(f"{p.name} {p.stat().st_size:,} bytes" for p in (path, weights_path(path)))
    print(f"{sizes}: {rounds:,} rounds, {last.frames} frames, Frechet distance {last.distance:.1f}")


if __name__ == "__main__":
    main()
