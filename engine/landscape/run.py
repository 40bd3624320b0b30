"""The stream of a look at the loss around trained weights: in two random directions, each filter of them as long as the
network's own (Li 2018, https://arxiv.org/abs/1712.09913)."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call

from engine.data.batches import shuffle
from engine.data.mnist import Data, normalise, split
from engine.landscape.config import PICTURES, Landscape
from engine.landscape.events import LandscapeEvent, LandscapeFinished, LandscapeStarted, RowSeen
from engine.training.facts import fact, misfit
from engine.training.objective import loss_function
from engine.training.streams import Clock, Controls, State, Stream

AT_ONCE = 100  # pictures
NEAR = 0.15  # of the span, around the circle at its end


def look_around(
    model: nn.Sequential, wanted: Landscape, data: Data, controls: Controls | None = None, resume: State | None = None
) -> Stream[LandscapeEvent | None]:
    """See the loss of `model` row by row, and report; the last event is LandscapeFinished. None means "in the middle of
    a row". Same seed, same figures.

    After each row the stream has a state; from such a state, `resume`, it sees the others. Raises SpecError for a
    state that does not fit.
    """
    clock = Clock()
    one = _Look(model, wanted, data, controls or Controls(), clock)
    if resume is not None:
        one.resume(resume)
    return Stream(one.stream(), wanted.config.seed, clock, one.state, resume)


class _Look:
    def __init__(self, model: nn.Sequential, wanted: Landscape, data: Data, controls: Controls, clock: Clock) -> None:
        self.model, self.wanted, self.controls, self.clock = model.eval(), wanted, controls, clock
        self.weights = {name: weight.detach() for name, weight in model.named_parameters()}
        self.device = next(iter(self.weights.values())).device
        dice = torch.Generator().manual_seed(wanted.config.seed)
        self.directions = [directions(self.weights, dice) for _ in range(2)]
        self.loss_of = loss_function(wanted.config.loss, probabilities=isinstance(model[-1], nn.Softmax))
        trained, _ = split(wanted.config, data.train_labels, len(data.reads.classes))
        chosen = trained[shuffle(len(trained), wanted.config.seed, 0)[:PICTURES]]
        self.images = normalise(data.train_images[chosen], data.reads).to(self.device)
        self.labels = data.train_labels[chosen].to(self.device)
        self.rows: dict[int, tuple[float | None, ...]] = {}

    def stream(self) -> Iterator[LandscapeEvent | None]:
        axis = self.wanted.axis
        if not self.rows:
            yield LandscapeStarted(axis, len(self.images), str(self.device))
        for row in self.wanted.order:
            if row in self.rows:
                continue
            losses = list[float | None]()
            for place in axis:
                total = 0.0
                weights = self.at(place, axis[row])
                for images, labels in zip(self.images.split(AT_ONCE), self.labels.split(AT_ONCE), strict=True):  # type: ignore[no-untyped-call]
                    total += self.loss(weights, images, labels) * len(labels)
                    yield None
                mean = total / len(self.labels)
                losses.append(float(f"{mean:.5g}") if math.isfinite(mean) else None)
                if self.controls.stop:
                    break
            if self.controls.stop:
                break
            self.rows[row] = tuple(losses)
            yield RowSeen(row, self.rows[row], len(self.rows), len(axis))
        yield LandscapeFinished(*self.figures(), self.clock.seconds, self.controls.stop)

    def at(self, across: float, down: float) -> dict[str, Tensor]:
        """The weights so far along both directions."""
        first, second = self.directions
        return {
            name: weight + across * first[name] + down * second[name] if name in first else weight
            for name, weight in self.weights.items()
        }

    def loss(self, weights: dict[str, Tensor], images: Tensor, labels: Tensor) -> float:
        with torch.no_grad():
            return float(self.loss_of(functional_call(self.model, weights, (images,)), labels))

    def figures(self) -> tuple[float | None, float | None]:
        """The loss at the weights, and the mean of those about as far away as the span."""
        axis, span = self.wanted.axis, self.wanted.span
        middle = self.rows.get(len(axis) // 2)
        far = [
            loss
            for row, losses in self.rows.items()
            for across, loss in zip(axis, losses, strict=True)
            if abs(math.hypot(across, axis[row]) - span) <= NEAR * span and loss is not None
        ]
        return middle[len(axis) // 2] if middle else None, sum(far) / len(far) if far else None

    def state(self, newest: LandscapeEvent | None) -> State | None:
        """The rows seen so far, right after one of them."""
        if not isinstance(newest, RowSeen):
            return None
        return State(facts={"rows": {str(row): list(losses) for row, losses in self.rows.items()}})

    def resume(self, state: State) -> None:
        """Restore `state`. Raises SpecError."""
        count = self.wanted.points
        for row, losses in fact(state.facts, "rows", dict).items():
            fits = isinstance(losses, list) and len(losses) == count
            if not row.isdecimal() or int(row) >= count or not fits or not all(map(_is_loss, losses)):
                raise misfit()
            self.rows[int(row)] = tuple(losses)


def directions(weights: dict[str, Tensor], dice: torch.Generator) -> dict[str, Tensor]:
    """A random direction in which each filter, or all weights into a unit, are as long as those of the network. Biases
    and norms stay as they are."""
    found = {}
    for name, weight in weights.items():
        if weight.dim() < 2:
            continue
        drawn = torch.randn(weight.shape, generator=dice).to(weight.device)
        lengths = [part.flatten(1).norm(dim=1).view(-1, *[1] * (weight.dim() - 1)) for part in (weight, drawn)]
        found[name] = drawn * lengths[0] / lengths[1].clamp(min=1e-12)
    return found


def _is_loss(value: object) -> bool:
    return value is None or (type(value) in (int, float) and math.isfinite(value))  # type: ignore[arg-type]
