"""Measures what one step does in each layer: its gradient, how far its weights move, which of its units rest or are
driven to their ends. Changes nothing of the training."""

import math
from collections.abc import Iterable, Sequence
from types import TracebackType

import torch
from torch import Tensor, nn

from engine.training.config import TrainConfig
from engine.training.events import LayersMeasured

NAMES = {"Sequential": "Repeat"}  # of modules that are called otherwise than their layers
FIRST_STEPS = (1, 2, 5, 10, 20)
MEASURED, LEAST_APART = 50, 12  # steps of a run, evenly: each costs a quarter more
RESTING = (nn.ReLU, nn.ReLU6)  # a unit that gives 0 for a whole batch learns nothing from it
BOUNDED = {nn.Sigmoid: (0.0, 1.0), nn.Hardsigmoid: (0.0, 1.0), nn.Tanh: (-1.0, 1.0), nn.Hardtanh: (-1.0, 1.0)}
NEAR_END = 0.03  # of the way from end to end: the slope is a tenth of its largest there, or less


def measured_steps(config: TrainConfig) -> set[int]:
    """The steps at which the layers are measured: a few early ones, where most changes, then evenly."""
    every = max(LEAST_APART, config.steps // MEASURED)
    return {step for step in FIRST_STEPS if step <= config.steps} | set(range(every, config.steps + 1, every))


class LayerMeter:
    """Use it as a context around one step, and call `after_backward` between the gradients and the update.

    `places` are the layers with parameters, each the place in the network, counted from 0, the module and its
    weights."""

    def __init__(self, model: nn.Sequential) -> None:
        layers = sorted(((int(name), child) for name, child in model.named_children()), key=lambda pair: pair[0])
        self.places = [(place, child, weights) for place, child in layers if (weights := list(child.parameters()))]
        self.active = [(place, child, found) for place, child in layers if (found := list(_activations(child)))]
        self.seen: dict[nn.Module, tuple[float, int]] = {}  # share of its units at rest or at an end, and their number
        self.hooks: list[torch.utils.hooks.RemovableHandle] = []

    def __enter__(self) -> "LayerMeter":
        self.hooks = [m.register_forward_hook(self._look) for *_, found in self.active for m in found]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for hook in self.hooks:
            hook.remove()

    def after_backward(self) -> None:
        """Note the gradients, and the weights before the update."""
        self.gradients = [
            norm(w.grad for w in weights if w.grad is not None) if _learns(weights) else None
            for *_, weights in self.places
        ]
        self.before = [[w.detach().clone() for w in weights] for *_, weights in self.places]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{place + 1} {_name(child)}" for place, child, _ in self.places)

    @property
    def ratios(self) -> tuple[float | None, ...]:
        """How far the update moved each layer's weights, as a share of their norm before; None where they were zero,
        or are frozen."""
        both = zip(self.before, self.places, strict=True)
        return tuple(_ratio(before, weights) if _learns(weights) else None for before, (*_, weights) in both)

    def measured(self, step: int) -> LayersMeasured:
        """What was seen in the step, which is done."""
        units = tuple(f"{place + 1} {_name(child)}" for place, child, _ in self.active)
        shares = tuple(self._share(found) for *_, found in self.active)
        return LayersMeasured(step, self.names, tuple(self.gradients), self.ratios, units, shares)

    def _look(self, module: nn.Module, _: object, outputs: Tensor) -> None:
        outputs = outputs.detach()
        if isinstance(module, RESTING):
            quiet = (outputs <= 0).flatten(2).all(2).all(0) if outputs.dim() > 2 else (outputs <= 0).all(0)
        else:
            low, high = BOUNDED[type(module)]
            edge = NEAR_END * (high - low)
            quiet = (outputs < low + edge) | (outputs > high - edge)
        self.seen[module] = quiet.float().mean().item(), quiet.numel()

    def _share(self, modules: list[nn.Module]) -> float | None:
        """Of all units in these modules."""
        seen = [self.seen[module] for module in modules if module in self.seen]
        units = sum(count for _, count in seen)
        return sum(share * count for share, count in seen) / units if units else None


def _learns(weights: Sequence[Tensor]) -> bool:
    return any(weight.requires_grad for weight in weights)


def _activations(child: nn.Module) -> Iterable[nn.Module]:
    return (module for module in child.modules() if type(module) in BOUNDED or isinstance(module, RESTING))


def _name(child: nn.Module) -> str:
    kind = type(child).__name__.removeprefix("Parametrized")
    return NAMES.get(kind, kind)


def _ratio(before: Sequence[Tensor], weights: Sequence[Tensor]) -> float | None:
    moved = norm(new.detach() - old for new, old in zip(weights, before, strict=True))
    size = norm(before)
    return finite(moved / size) if moved is not None and size else None


def norm(tensors: Iterable[Tensor]) -> float | None:
    """The Euclidean norm of all their numbers together."""
    return finite(math.hypot(*(torch.linalg.vector_norm(tensor).item() for tensor in tensors)))


def finite(value: float) -> float | None:
    """JSON has no other numbers."""
    return value if math.isfinite(value) else None
