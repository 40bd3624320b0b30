"""Puts a PyTorch model's weights into the Keras model of an exported program."""

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from engine.network.plans import leaves
from engine.network.spec import NetworkSpec, Plan, PlannedLayer, plan


def give_weights(keras_model: Any, model: nn.Sequential, network: NetworkSpec) -> None:
    """Put PyTorch's weights into Keras' layers, past Flatten with the inputs in Keras' order."""
    learned = (layer for layer in keras_model.layers if layer.weights and "dropout" not in layer.name)
    learned = iter(sorted(learned, key=lambda layer: layer.made))
    order = torch.arange(0)
    for p, module in layers_of(plan(network).layers, model):
        if len(p.in_shape) == 1 and len(order) != p.in_shape[0]:
            order = torch.arange(p.in_shape[0])
        match p.layer.kind:
            case "Flatten":
                order = torch.arange(p.out_shape[0]).view(p.in_shape[0], -1).T.flatten()
            case "LabelConcat" | "LabelEmbedding" if len(p.in_shape) == 1:
                order = torch.cat([order, torch.arange(p.in_shape[0], p.out_shape[0])])
        match p.layer.kind:
            case "Linear" if len(p.in_shape) == 2:
                put(next(learned), module.weight.T, module.bias)
            case "Linear":
                put(next(learned), module.weight[:, order].T, module.bias)
                order = torch.arange(0)
            case "Conv1d":
                put(next(learned), module.weight.permute(2, 1, 0), module.bias)
            case "PatchEmbedding":
                put(next(learned), module.read.weight.permute(2, 3, 1, 0), module.read.bias)
            case "LearnedPositions":
                put(next(learned), module.weight)
            case "ClassToken":
                put(next(learned), module.weight[None])
            case "SelfAttention":
                heads = (module.heads, -1)
                shared = [(w.T.unflatten(1, heads), b.view(heads)) for w, b in pairs(module.qkv, 3)]
                out = module.out.weight.T.unflatten(0, heads)
                put(next(learned), *(part for pair in shared for part in pair), out, module.out.bias)
            case "RNN" | "LSTM" | "GRU":
                put(next(learned), *recurrent_weights(module))
            case "Conv2d" | "ConvTranspose2d":
                put(next(learned), module.weight.permute(2, 3, 1, 0), module.bias)
            case "GroupNorm":
                places = order if len(p.in_shape) == 1 else slice(None)
                put(next(learned), module.weight[places], module.bias[places])
            case "LayerNorm" if len(p.in_shape) == 3:
                put(next(learned), module.weight.movedim(0, -1), module.bias.movedim(0, -1))
            case "LayerNorm":
                put(next(learned), module.weight, module.bias)
            case "PReLU":
                put(next(learned), module.weight.view(*[1] * len(p.in_shape)))
            case "BatchNorm1d" | "BatchNorm2d":
                places = order if len(p.in_shape) == 1 else slice(None)
                names = ("weight", "bias", "running_mean", "running_var")
                put(next(learned), *(getattr(module, name)[places] for name in names))
            case "LabelEmbedding":
                put(next(learned), module.weight.movedim(1, -1))
            case "LabelProjection":
                projection = next(learned)
                put(projection.score, module.linear.weight[:, order].T, module.linear.bias)
                put(projection.vectors, module.embedding.weight[:, order])
    assert next(learned, None) is None


def layers_of(planned: Iterable[PlannedLayer], model: Any) -> Iterator[tuple[PlannedLayer, Any]]:
    """Every planned layer with its module, those in blocks too, in the order in which programs name them."""
    children = dict(model.named_children())
    for p in planned:
        module = children[str(p.index)]
        match p.layer.kind:
            case "Repeat" | "Branches":
                parts = module if p.layer.kind == "Repeat" else module.branches
                for body, part in zip(p.bodies, parts, strict=True):
                    yield from layers_of(body, part)
            case "Residual":
                yield from layers_of(p.bodies[0], module.body)
                if p.shortcut:
                    yield p.shortcut, module.shortcut
            case _:
                yield p, module


def pairs(linear: Any, parts: int) -> list[tuple[Tensor, Tensor]]:
    """The weights and biases of a Linear layer that is so many in one."""
    return list(zip(linear.weight.chunk(parts), linear.bias.chunk(parts), strict=True))


def recurrent_weights(module: Any) -> list[Tensor]:
    """In Keras' order; it adds PyTorch's two biases up, but for a GRU's, where its update gate comes first."""
    weights = []
    for end in ("", "_reverse")[: 1 + module.bidirectional]:
        parts = [getattr(module, f"{name}_l0{end}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        if isinstance(module, torch.nn.GRU):
            reset, update, new = zip(*(part.chunk(3) for part in parts), strict=True)
            parts = [torch.cat(part) for part in zip(update, reset, new, strict=True)]
            weights += [parts[0].T, parts[1].T, torch.stack(parts[2:])]
        else:
            weights += [parts[0].T, parts[1].T, parts[2] + parts[3]]
    return weights


def fewer_biases(planned: Plan) -> int:
    """How many biases fewer Keras' RNN and LSTM have: PyTorch has two, which are added up."""
    gates = {"RNN": 1, "LSTM": 4}
    layers = [p for p in leaves(planned.layers) if p.layer.kind in gates]
    return sum(gates[p.layer.kind] * p.args["hidden_size"] * (1 + p.args["bidirectional"]) for p in layers)


def put(keras_layer: Any, *weights: Tensor | None) -> None:
    """Into the layer itself where it is wrapped; weights that PyTorch normalises as they are after that. A bias that
    is not there is None."""
    there = [value.detach().numpy() for value in weights if value is not None]
    getattr(keras_layer, "layer", keras_layer).set_weights(there)


def channels_last(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[1:], shape[0]) if len(shape) == 3 else shape
