"""What the known networks are put together from: short names for layers, and trainings. Imports no torch."""

from collections.abc import Sequence

from engine.catalogue.params import Choice, Value
from engine.network.spec import layer
from engine.training.config import TrainConfig
from engine.training.presets import FLATTEN, OUT, optimizer, schedule, training

MEAN, GELU, STEP_NORM = layer("AdaptiveAvgPool2d"), layer("GELU"), layer("LayerNorm")
END = (MEAN, FLATTEN, OUT)


def conv(channels: int, size: int = 3, stride: int = 1, groups: int = 1) -> Choice:
    """A convolution that keeps height and width but for its stride."""
    return layer("Conv2d", channels=channels, kernel_size=size, stride=stride, padding=size // 2, groups=groups)


def repeat(times: int, *body: Choice) -> Choice:
    return layer("Repeat", body, times=times)


def residual(*body: Choice, join: str = "add") -> Choice:
    return layer("Residual", body, join=join)


def branches(*bodies: Sequence[Choice], join: str = "concatenate") -> Choice:
    return layer("Branches", *bodies, join=join)


def linear(units: int) -> Choice:
    return layer("Linear", units=units)


def one_cycle(epochs: int, lr: float = 1e-2, batch: int = 128, **values: Value) -> TrainConfig:
    """Adam, or AdamW with a weight decay, with a learning rate that rises and falls once."""
    return training(optimizer("AdamW" if values else "Adam", lr=lr, **values), schedule("OneCycle"), batch, epochs)
