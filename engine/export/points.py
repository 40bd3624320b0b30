"""A small network on points as a PyTorch program: it draws the same points, starts with the same weights and trains in
the same way. Imports no torch."""

from itertools import pairwise

from engine.catalogue.layers import LAYERS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.export.pytorch import made_by
from engine.export.pytorch_model import class_sources
from engine.network.spec import layer
from engine.points import sets
from engine.points.config import NO_ACTIVATION, PERCEPTRON, PointsSpec, weight_names
from engine.points.sets import OWN

CONSTANTS = ("EXTENT", "GAP", "HILLS", "HILL_RADIUS")
LOSSES = {0: "nn.MSELoss()", 2: "nn.BCEWithLogitsLoss()", 3: "nn.CrossEntropyLoss()"}

_PROGRAM = """# A small network on points in the plane, in PyTorch. {parameters:,} parameters to learn.

import math

import torch
from torch import Tensor, nn

{constants}
{sources}

chance = torch.Generator().manual_seed({seed})
places, targets = {points}
order = torch.randperm(len(places), generator=chance)
places, targets = (100 * places[order]).round().clamp(-600, 600) / 100, targets[order]
inputs = inputs_of({features!r}, places)
TRAIN = len(places) - min(round(len(places) * {test_share!r}), len(places) - 1)  # the others test

torch.manual_seed({seed})
{model}
{edits}
torch.manual_seed({seed})
order = torch.randperm(TRAIN)
place = 0
{learning}

with torch.no_grad():
    outputs = model(inputs)
for name, part in (("training", slice(0, TRAIN)), ("test", slice(TRAIN, None))):
    if len(targets[part]):
        print(f"{{name}} loss {{float(loss_of(outputs[part], targets[part])):.4f}}")
"""
_GRADIENT = """{optimizer}loss_function = {loss}


def loss_of(outputs: Tensor, targets: Tensor) -> Tensor:
    return loss_function({matched})


for step in range({steps}):
    if place >= TRAIN:
        order, place = torch.randperm(TRAIN), 0
    batch = order[place : place + {batch_size}]
    place += len(batch)
    optimizer.zero_grad()
    loss_of(model(inputs[batch]), targets[batch]).backward()
{penalty}    optimizer.step()"""
_PENALTY = """    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.grad.add_(weight, alpha=2 * {l2!r}).add_(weight.sign(), alpha={l1!r})
"""
_PERCEPTRON = """weight, bias = model[0].weight, model[0].bias
right_in_row = 0


def loss_of(outputs: Tensor, targets: Tensor) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(outputs[:, 0], targets.float())


for step in range({steps}):
    x, target = inputs[order[place]], float(targets[order[place]])
    with torch.no_grad():
        error = target - float(weight[0] @ x + bias[0] > 0)
        weight[0] += {lr!r} * error * x
        bias[0] += {lr!r} * error
    place += 1
    if place >= TRAIN:
        order, place = torch.randperm(TRAIN), 0
    right_in_row = 0 if error else right_in_row + 1
    if right_in_row >= TRAIN:
        print(f"no mistake any more after {{step + 1}} steps")
        break"""


def points_program(spec: PointsSpec) -> str:
    """Source that trains as a run of `spec` does, to the last bit on the same kind of machine."""
    points = _points(spec)
    model = _model(spec)
    sources = class_sources(f"{points} {model} inputs_of")
    constants = "".join(f"{name} = {getattr(sets, name)!r}\n" for name in CONSTANTS if name in sources)
    return _PROGRAM.format(
        parameters=spec.parameters,
        constants=constants,
        sources=sources,
        seed=spec.seed,
        points=points,
        features=spec.features,
        test_share=spec.test_share,
        model=model,
        edits=_edits(spec),
        learning=_learning(spec),
    )


def _points(spec: PointsSpec) -> str:
    if spec.data != OWN:
        return f"_{spec.data}({spec.count}, {spec.noise / 100!r}, chance)"
    places, classes = [list(point[:2]) for point in spec.points], [point[2] for point in spec.points]
    return f"torch.tensor({places!r}), torch.tensor({classes!r})"


def _model(spec: PointsSpec) -> str:
    row = LAYERS.get(spec.activation)
    args = row.args((1,), dict(layer(spec.activation).values)) if row else {}
    settings = ", ".join(f"{name}={value!r}" for name, value in args.items())
    activation = f"{'' if row and row.home == 'own' else 'nn.'}{spec.activation}({settings})"
    lines = []
    for inputs, units in pairwise(spec.sizes):
        lines += [f"nn.Linear({inputs}, {units})", *([] if spec.activation == NO_ACTIVATION else [activation])]
    shown = lines if spec.activation == NO_ACTIVATION else lines[:-1]
    return "model = nn.Sequential(\n" + "".join(f"    {line},\n" for line in shown) + ")"


def _edits(spec: PointsSpec) -> str:
    """Lines that set weights by hand."""
    if not spec.edits:
        return ""
    places = {name: place for place, name in enumerate(weight_names(spec))}
    changes = {places[name]: value for name, value in spec.edits}
    return f"""weights = nn.utils.parameters_to_vector(model.parameters()).detach()
for number, value in {changes!r}.items():
    weights[number] = value
nn.utils.vector_to_parameters(weights, model.parameters())
"""


def _learning(spec: PointsSpec) -> str:
    if spec.rule == PERCEPTRON:
        return _PERCEPTRON.format(steps=spec.steps, lr=spec.lr)
    row = OPTIMIZERS[spec.optimizer.kind]
    settings = ", ".join(f"{name}={value!r}" for name, value in row.args(dict(spec.optimizer.values)).items())
    column = {0: "outputs[:, 0], targets", 2: "outputs[:, 0], targets.float()", 3: "outputs, targets"}
    return _GRADIENT.format(
        optimizer=made_by(row, settings),
        loss=LOSSES[spec.classes],
        matched=column[spec.classes],
        steps=spec.steps,
        batch_size=spec.batch_size,
        penalty=_PENALTY.format(l1=spec.l1, l2=spec.l2) if spec.l1 or spec.l2 else "",
    )
