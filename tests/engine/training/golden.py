"""Short runs of every kind with fixed seeds, told as plain numbers, and what they once came to.

    python -m tests.engine.training.golden record          writes golden_curves.json anew, for the tests
    python -m tests.engine.training.golden write FILE      writes all numbers to the last bit, and hashes of weights
    python -m tests.engine.training.golden compare FILE    says where this checkout differs from that; 1 if it does

To the last bit is on the same kind of machine only. What depends on the clock is left out.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.catalogue.layers import INITS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.data.mnist import Data, load_mnist
from engine.gan.config import GAN_CONFIG_CODEC, GanSpec
from engine.gan.events import GanEvaluated
from engine.gan.losses import GAN_LOSSES
from engine.gan.recipes import RECIPES
from engine.gan.sampling import make_gan
from engine.gan.train import train_gan
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.plane.config import PLANE_CODEC, TARGETS, PlaneGan
from engine.plane.train import make_plane, train_plane
from engine.study.config import Study
from engine.study.train import run_study
from engine.training.config import TRAIN_CODEC, TrainConfig
from engine.training.events import FrameDrawn, LayersMeasured
from engine.training.presets import PRESETS
from engine.training.train import train

RECORD = Path(__file__).with_name("golden_curves.json")
CLOCKED = {"seconds", "train_seconds", "samples_per_second", "frames", "frame"}
FICKLE = {"digits_covered", "agree", "modes_hit", "agreement", "entropy", "variety"}  # counts of near ties
ROUNDS = 3
DRAWN = [[-0.5, -0.5], [0.5, -0.5], [0.0, 0.6]]
LINEAR = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))

Numbers = dict[str, Any]
Told = tuple[list[Any], Iterable[nn.Module]]  # the events of a run, and the networks that it left


def _data() -> Data:
    whole = load_mnist()
    return replace(whole, test_images=whole.test_images[:200], test_labels=whole.test_labels[:200])


def classifier(network: NetworkSpec, **settings: Any) -> Told:
    """Eight steps in two passes, or as many as `settings` make of it."""
    small = replace(TrainConfig(), images=100, batch_size=20, epochs=2, seed=5, validation_share=0.2)
    config = TRAIN_CODEC.from_json(TRAIN_CODEC.to_json(small) | settings)
    model = build(plan(network), config.seed)
    return list(train(model, config, _data())), [model]


def gan(spec: GanSpec, **settings: Any) -> Told:
    small = {"images": 200, "steps": ROUNDS, "seed": 5, "batch_size": 16}
    spec = replace(spec, config=GAN_CONFIG_CODEC.from_json(GAN_CONFIG_CODEC.to_json(spec.config) | small | settings))
    data, models = load_mnist(), make_gan(spec)
    events = list(train_gan(models, spec, data.train_images, data.train_labels))
    return events, [models.generator, models.discriminator, models.maker]


def plane(**settings: Any) -> Told:
    spec = PLANE_CODEC.from_json(PLANE_CODEC.to_json(PlaneGan(steps=ROUNDS, seed=5)) | settings)
    models = make_plane(spec)
    return list(train_plane(spec, models=models)), [models.generator, models.discriminator]


def study() -> Told:
    spec = RECIPES["conditional"].gan
    maker = make_gan(spec).maker.eval()
    asked = Study("run", spec, LINEAR, per_digit=10, added_per_digit=10, seeds=2, steps=12, seed=5)
    return list(run_study(asked, maker, _data())), []


def _runs() -> Iterator[tuple[str, Callable[[], Told]]]:
    mlp = PRESETS["mlp"].network
    few = {"images": 100, "batch_size": 40, "epochs": 1}
    for name, preset in PRESETS.items():
        yield f"classifier, {name}", partial(classifier, preset.network, **few)
    for kind in OPTIMIZERS:
        yield f"classifier, {kind}", partial(classifier, mlp, optimizer={"kind": kind, "weight_decay": 0.01})
    for kind in SCHEDULES:
        yield f"classifier, {kind}", partial(classifier, mlp, schedule={"kind": kind, "warmup": 0.25})
    for kind in LOSSES:
        yield f"classifier, {kind}", partial(classifier, mlp, loss={"kind": kind})
    for init in INITS:
        yield f"classifier, {init} weights", partial(classifier, replace(mlp, init=init), **few)
    stretched = {"optimizer": {"kind": "SGD", "nesterov": True}, "schedule": {"kind": "Step", "every": 1}}
    smooth = {"kind": "CrossEntropy", "label_smoothing": 0.1}
    softmax = replace(LINEAR, layers=(*LINEAR.layers, layer("Softmax")))
    yield "classifier, softmax", partial(classifier, softmax, stratified=True, loss=smooth, **stretched)
    for name, recipe in RECIPES.items():
        yield f"gan, {name}", partial(gan, recipe.gan)
    noisy = {"label_smoothing": 0.1, "instance_noise": 0.1, "discriminator_steps": 2, "loss": {"kind": "Minimax"}}
    yield "gan, noisy minimax", partial(gan, RECIPES["conditional"].gan, **noisy)
    for target in TARGETS:
        yield f"plane, {target}", partial(plane, target=target, points=DRAWN if target == "drawn" else [])
    for kind in GAN_LOSSES:
        yield f"plane, {kind}", partial(plane, loss={"kind": kind})
    yield "study", study


RUNS = dict(_runs())


def told(name: str) -> dict[str, Any]:
    """The run's events in numbers, hashes of its first and its last frame, and one of the weights it left."""
    events, models = RUNS[name]()
    events = [event for event in events if event is not None and not isinstance(event, GanEvaluated | LayersMeasured)]
    frames = [event.content for event in events if isinstance(event, FrameDrawn)]
    tensors = chain.from_iterable(model.state_dict().values() for model in models)
    weights = (tensor.detach().cpu().contiguous().numpy().tobytes() for tensor in tensors)
    return {
        "events": [numbers(event) for event in events if not isinstance(event, FrameDrawn)],
        "frames": [_hash(frames[0]), _hash(frames[-1])] if frames else [],
        "weights": [_hash(b"".join(weights))],
    }


def numbers(event: Any) -> Numbers:
    """What it says in numbers, but for what depends on the clock; with a hash of a picture in it."""
    values = {name: value for name, value in asdict(event).items() if name not in CLOCKED}
    said = {name: value for name, value in values.items() if not isinstance(value, str | Mapping)}
    pictures = {name: value for name, value in values.items() if isinstance(value, str) and value.startswith("data:")}
    return said | {name: _hash(value.encode()) for name, value in pictures.items()}


def curve(events: Iterable[Numbers]) -> list[Numbers]:
    """Of those numbers the ones that another kind of machine comes close to, to six digits."""
    return [
        {name: _short(value) for name, value in event.items() if _is_number(value) and name not in FICKLE}
        for event in events
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.6g}")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _record() -> None:
    runs = {name: ",\n".join(map(json.dumps, curve(told(name)["events"]))) for name in RUNS}
    text = ",\n".join(f"{json.dumps(name)}: [\n{events}\n]" for name, events in runs.items())
    RECORD.write_text("{\n" + text + "\n}\n", encoding="utf-8")


def _differences(was: Mapping[str, Any]) -> Iterator[str]:
    """A line for each run of which anything is not the same to the last bit."""
    for name in dict.fromkeys((*was, *RUNS)):
        if name not in was or name not in RUNS:
            yield f"{name}: only {'now' if name in RUNS else 'then'}"
            continue
        then, now = was[name], json.loads(json.dumps(told(name)))
        for part in (part for part in then if then[part] != now[part]):
            pairs = zip_longest(then[part], now[part])
            place, (before, after) = next((n, pair) for n, pair in enumerate(pairs) if pair[0] != pair[1])
            yield f"{name}: {part}[{place}] was {before}, is {after}"


def main(arguments: list[str]) -> int:
    torch.set_num_threads(1)
    match arguments:
        case ["record"]:
            _record()
        case ["write", file]:
            Path(file).write_text(json.dumps({name: told(name) for name in RUNS}, indent=1), encoding="utf-8")
        case ["compare", file]:
            lines = list(_differences(json.loads(Path(file).read_text(encoding="utf-8"))))
            print(*lines or [f"{len(RUNS)} runs, all the same to the last bit"], sep="\n")
            return 1 if lines else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
