"""What flows through a network for one digit: every layer with what it receives and what it makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from engine.data.mnist import normalise
from engine.network.block_layers import Branches, Residual, join_parts
from engine.network.spec import Plan, PlannedLayer


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A layer at work, the join of a block, or the head of one repetition, which changes nothing.

    `id` is the name of its module in the model; `inputs` and `output` are without the batch axis; `depth` counts the
    blocks around it; `folds` are the heads of the repetitions around it. `times` is (2, 3) at the head of the second of
    three.
    """

    id: str
    kind: str
    inputs: tuple[Tensor, ...]
    output: Tensor
    module: nn.Module | None = None
    depth: int = 0
    folds: tuple[str, ...] = ()
    times: tuple[int, int] | None = None


@dataclass(slots=True)
class _Walk:
    """Goes through a network and notes its stages; with `wanted` only what that one makes, of the whole batch."""

    stages: list[Stage] = field(default_factory=list)
    folds: tuple[str, ...] = ()
    wanted: str = ""
    found: Tensor | None = None

    def through(self, layers: Iterable[PlannedLayer], model: nn.Module, x: Tensor, name: str) -> Tensor:
        """In the order of the plan: a model has a MaxPool2d before its ReLU, which comes to the same."""
        for p in layers:
            place = str(p.index)
            x = self.one(p.layer.kind, p, model.get_submodule(place), x, f"{name}.{place}".lstrip("."))
        return x

    def one(self, kind: str, planned: PlannedLayer, module: nn.Module, x: Tensor, name: str) -> Tensor:
        match kind:
            case "Repeat":
                return self._repeat(planned, module, x, name)
            case "Residual":
                assert isinstance(module, Residual)
                made = self.through(planned.bodies[0], module.body, x, f"{name}.body")
                past = x
                if shortcut := planned.shortcut:
                    past = self.one(shortcut.layer.kind, shortcut, module.shortcut, x, f"{name}.shortcut")
                return self._joined(kind, (past, made), module.join, name)
            case "Branches":
                assert isinstance(module, Branches)
                lists = enumerate(zip(planned.bodies, module.branches, strict=True))
                ends = tuple(self.through(body, part, x, f"{name}.branches.{i}") for i, (body, part) in lists)
                return self._joined(kind, ends, module.join, name)
        y: Tensor = module(x)
        self._note(name, kind, (x,), y, module)
        return y

    def _repeat(self, planned: PlannedLayer, module: nn.Module, x: Tensor, name: str) -> Tensor:
        outside = self.folds
        for number, body in enumerate(planned.bodies):
            head = f"{name}.{number}"
            self._note(head, "Repeat", (x,), x, times=(number + 1, len(planned.bodies)))
            self.folds = (*outside, head)
            x = self.through(body, module.get_submodule(str(number)), x, head)
            self.folds = outside
        return x

    def _joined(self, kind: str, ends: tuple[Tensor, ...], join: str, name: str) -> Tensor:
        y = join_parts(ends, join)
        self._note(f"{name}.{join}", kind, ends, y)
        return y

    def _note(
        self,
        name: str,
        kind: str,
        inputs: tuple[Tensor, ...],
        output: Tensor,
        module: nn.Module | None = None,
        times: tuple[int, int] | None = None,
    ) -> None:
        if self.wanted:
            self.found = output if name == self.wanted and times is None else self.found
            return
        depth = sum(part in ("body", "branches", "shortcut") for part in name.split(".")) + len(self.folds)
        bare = tuple(x[0] for x in inputs)
        self.stages.append(Stage(name, kind, bare, output[0], module, depth, self.folds, times))


INPUT, SHARES = "input", "shares"


def follow(plan: Plan, model: nn.Sequential, image: Tensor) -> list[Stage]:
    """All stages for a uint8 digit (28, 28), light ink on 0: the input first, the shares of the ten digits last. The
    model is in evaluation mode."""
    walk = _Walk()
    with torch.no_grad():
        x = normalise(image.unsqueeze(0))
        walk.stages.append(Stage(INPUT, "Input", (x[0],), x[0]))
        scores = walk.through(plan.layers, model, x, "")
        if not plan.ends_in_softmax:
            softmax = nn.Softmax(dim=1)
            walk.stages.append(Stage(SHARES, "Softmax", (scores[0],), softmax(scores)[0], softmax))
    return walk.stages


def output_of(plan: Plan, model: nn.Sequential, x: Tensor, stage: str) -> tuple[Tensor, Tensor]:
    """What the stage with the id `stage` makes of (N, 1, 28, 28), with its batch axis, and the scores of the digits.
    Raises KeyError for none by this id."""
    walk = _Walk(wanted=stage, found=x if stage == INPUT else None)
    scores = walk.through(before_softmax(plan), model, x, "")
    if stage == shares_of(plan):
        walk.found = scores.softmax(1) if stage == SHARES else model[-1](scores)
    if walk.found is None:
        raise KeyError(stage)
    return walk.found, scores


def shares_of(plan: Plan) -> str:
    """The id of the stage that makes the shares of the ten digits: a last softmax of the network's own, or SHARES."""
    return SHARES if len(before_softmax(plan)) == len(plan.layers) else str(plan.layers[-1].index)


def before_softmax(plan: Plan) -> tuple[PlannedLayer, ...]:
    """The layers up to the scores of the ten digits."""
    ends = bool(plan.layers) and plan.layers[-1].layer.kind in ("Softmax", "LogSoftmax")
    return plan.layers[:-1] if ends else plan.layers
