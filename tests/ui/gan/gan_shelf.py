"""GANs for the tests of their addresses: tiny, trained in no time, kept in memory and served."""

import contextlib
import io
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.recipes import RECIPES
from engine.gan.sampling import GanModels, make_gan
from engine.gan.train import train_gan
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.events import FrameDrawn
from engine.training.presets import PRESETS
from tests.ui.api.test_routes import Server
from ui import backend
from ui.api import gan as gan_routes
from ui.api.routes import MIDDLEWARE, ROUTES

Z = 4
LAYERS = (layer("Linear", units=784), layer("Reshape", channels=1, height=28, width=28), layer("Tanh"))
STEPS = 3


def tiny(conditional: bool, loss: str = "conditional") -> GanSpec:
    """A GAN that trains in no time; `loss` is that of a recipe."""
    first = [layer("LabelConcat")] if conditional else []
    last = [layer("LabelProjection")] if conditional else [layer("Linear", units=1)]
    maker = NetworkSpec((*first, *LAYERS), name="g", input_shape=(Z,), role="generator")
    judge = NetworkSpec(
        (layer("Flatten"), layer("Linear", units=8), layer("BatchNorm1d"), layer("ReLU"), *last),
        name="d",
        role="discriminator",
    )
    config = replace(RECIPES[loss].gan.config, steps=STEPS, images=100, batch_size=8)
    return GanSpec(maker, judge, config, "Tiny GAN")


@dataclass(frozen=True, slots=True)
class Shown:
    """As much of a run as the routes look at."""

    job: object
    name: str = "Tiny GAN"
    is_over: bool = True
    is_resumable: bool = False
    finished: dict[str, Any] | None = None


class Shelf:
    """Runs as the service keeps them, all in memory."""

    def __init__(self) -> None:
        self.runs: dict[str, Shown] = {}
        self.models: dict[str, GanModels] = {}
        self.films: dict[str, list[FrameDrawn]] = {}

    def train(self, name: str, gan: GanSpec) -> None:
        data, models = load_mnist(), make_gan(gan)
        events = list(train_gan(models, gan, data.train_images, data.train_labels))
        self.runs[name], self.models[name] = Shown(gan, finished={"step": STEPS}), models
        self.films[name] = [event for event in events if isinstance(event, FrameDrawn)]

    def run(self, run_id: str) -> Shown | None:
        return self.runs.get(run_id)

    def learned(self, run_id: str) -> GanModels | None:
        if run_id == "exploded":
            raise SpecError(Text("Its weights are no longer numbers."), Text("Train it again."))
        return self.models.get(run_id)

    def frames(self, run_id: str) -> list[tuple[int, int, float]]:
        return [(frame.frame, frame.step, frame.seconds) for frame in self.films.get(run_id, [])]

    def frame(self, run_id: str, number: int) -> FrameDrawn | None:
        return next((frame for frame in self.films.get(run_id, []) if frame.frame == number), None)


def frame(number: int) -> FrameDrawn:
    with io.BytesIO() as file:
        Image.new("L", (280, 280), 10 * number).save(file, "PNG")
        return FrameDrawn(10 * number, float(number), number, "image/png", file.getvalue())


def full_shelf() -> Shelf:
    """GANs with labels and without, and runs that cannot be played with."""
    shelf = Shelf()
    told = tiny(conditional=True)
    shelf.train("told", told)
    shelf.train("plain", tiny(conditional=False, loss="hinge"))
    shelf.films["told"] = [frame(number) for number in range(1, 21)]
    shelf.runs["waiting"] = Shown(told, is_over=False)
    shelf.runs["lost"] = Shown(told)
    shelf.runs["exploded"] = Shown(told)
    shelf.runs["classifier"] = Shown(PRESETS["quick"].network, name="Quick")
    shelf.runs["plane"] = Shown(None, name="Ring")
    shelf.films["plane"] = [FrameDrawn(5, 0.1, 1, "application/json", b'{"points": []}')]
    return shelf


@contextlib.contextmanager
def served(shelf: Shelf) -> Iterator[Server]:
    """A server of our addresses whose runs are those of `shelf`."""
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listener:
        patch.setattr(backend, "service", lambda: shelf)
        patch.setattr(gan_routes, "PATIENCE", 0.1)
        app = Starlette(routes=ROUTES, middleware=MIDDLEWARE)
        runner = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio"))
        thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Server(listener.getsockname()[1])
        runner.should_exit = True
        thread.join()


def is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z0-9].{10,240}\.", text))
