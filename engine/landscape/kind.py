"""The row of the kind "landscape": the loss around the weights that a run ended with. No torch."""

from typing import TYPE_CHECKING

from engine.catalogue.params import SpecError
from engine.data.found import check_data, check_owner, load_data
from engine.kind import Kind
from engine.landscape.config import LANDSCAPE_CODEC, PICTURES, Landscape
from engine.landscape.events import LANDSCAPE_EVENTS
from engine.network.load import Load
from engine.network.spec import plan
from engine.text import Text
from engine.training.config import TrainConfig
from engine.training.kind import load_of_training

if TYPE_CHECKING:
    from engine.training.streams import BuiltJob, State


def _load(wanted: Landscape) -> Load:
    """That of a training with large steps: pictures go forward only, but with all weights three times."""
    return load_of_training(plan(wanted.network), TrainConfig(batch_size=PICTURES // 5, images=PICTURES))


def _check(wanted: Landscape) -> None:
    if wanted.source is None:
        raise SpecError(Text("There are no weights to look around."), Text("Choose a finished run."))
    if wanted.points % 2 == 0:
        what = Text("{count} points have none in the middle.", count=wanted.points)
        raise SpecError(what, Text("Use an odd number of points."))
    check_data(wanted.network, wanted.config)


def _begin(wanted: Landscape, source: bytes | None, resume: "State | None") -> "BuiltJob":
    from engine.landscape.run import look_around
    from engine.network.build import best_device
    from engine.training.saving import model_from_bytes
    from engine.training.streams import BuiltJob, Controls

    if source is None:
        raise SpecError(Text("The weights of this run are not there any more."), Text("Train it again."))
    controls, model = Controls(), model_from_bytes(wanted.network, source).to(best_device())
    stream = look_around(model, wanted, load_data(wanted.network), controls, resume)
    return BuiltJob(stream, controls, wanted.points)


LANDSCAPE = Kind(
    "landscape",
    LANDSCAPE_CODEC,
    check=_check,
    load=_load,
    events=LANDSCAPE_EVENTS,
    begin=_begin,
    by_hand=(),
    needs=lambda wanted: wanted.source.run if wanted.source else None,
    may=lambda wanted, owner: check_owner(wanted.network, owner),
)
