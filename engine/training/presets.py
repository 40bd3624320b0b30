"""Networks to start from, each with the training that suits it. Imports no torch."""

from dataclasses import dataclass

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Value, choose
from engine.catalogue.schedules import SCHEDULES
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Measured:
    """What the whole training took on one core, in seconds of processor time, and the share of test pictures right."""

    seconds: int
    accuracy: float


@dataclass(frozen=True, slots=True)
class Preset:
    """Its name on screen is that of its network; `doc` says in a sentence or two what it is and what to expect,
    `family` what it is one of (`architectures.FAMILIES`), `paper` where it comes from, `measured` what
    `benchmarks/presets.py` found."""

    network: NetworkSpec
    config: TrainConfig
    doc: Text
    family: str = "first"
    paper: str = ""
    measured: Measured | None = None


def _optimizer(kind: str, **values: Value) -> Choice:
    return choose(OPTIMIZERS, kind, values, Text("Optimizer"))


def _schedule(kind: str, **values: Value) -> Choice:
    return choose(SCHEDULES, kind, values, Text("Schedule"))


def _config(optimizer: Choice, schedule: Choice, batch_size: int, epochs: int) -> TrainConfig:
    loss = choose(LOSSES, "CrossEntropy", {}, Text("Loss"))
    return TrainConfig(optimizer, loss, schedule, batch_size, epochs)


_FLATTEN, _RELU, _TANH = layer("Flatten"), layer("ReLU"), layer("Tanh")
_POOL, _NORM = layer("MaxPool2d"), layer("BatchNorm2d")
_CONSTANT, _ADAM = _schedule("Constant"), _optimizer("Adam", lr=1e-3)
_OUT = layer("Linear", units=10)

_MLP = (_FLATTEN, layer("Linear", units=128), _RELU, layer("Dropout", p=0.5), _OUT)

_CNN = (
    *(layer("Conv2d", channels=32), _RELU, _POOL),
    *(layer("Conv2d", channels=64), _RELU, _POOL),
    *(_FLATTEN, layer("Linear", units=64), _RELU, _OUT),
)

_CNN3 = (
    *(layer("Conv2d", channels=32), _RELU, _POOL),
    *(layer("Conv2d", channels=64), _RELU, _POOL),
    *(layer("Conv2d", channels=64), _RELU, _POOL),
    *(_FLATTEN, layer("Linear", units=64), _RELU, _OUT),
)

# LeCun's pictures were 32 x 32: padding 2 makes ours as large. His third convolution, of 120 channels, sees 5 x 5 and
# leaves 1 x 1: it is the first Linear layer here.
_LENET5 = (
    *(layer("Conv2d", channels=6, kernel_size=5, padding=2), _TANH, layer("AvgPool2d")),
    *(layer("Conv2d", channels=16, kernel_size=5), _TANH, layer("AvgPool2d")),
    *(_FLATTEN, layer("Linear", units=120), _TANH, layer("Linear", units=84), _TANH, _OUT),
)

_QUICK = (
    *(layer("Conv2d", channels=16, kernel_size=5, stride=2), _NORM, _RELU),
    *(layer("Conv2d", channels=32), _POOL, _NORM, _RELU),
    *(_FLATTEN, _OUT),
)

PRESETS: dict[str, Preset] = {
    "mlp": Preset(
        NetworkSpec(_MLP, name="MLP"),
        _config(_ADAM, _CONSTANT, 64, 10),
        Text(
            "A multi-layer perceptron with one hidden layer of 128 units: the classic first network. About 98 % of "
            "the digits right."
        ),
    ),
    "cnn": Preset(
        NetworkSpec(_CNN, name="CNN"),
        _config(_ADAM, _CONSTANT, 128, 10),
        Text(
            "A convolutional network: two convolutions that find strokes and corners, then two Linear layers. About "
            "99 % right."
        ),
    ),
    "cnn3": Preset(
        NetworkSpec(_CNN3, name="CNN, three deep"),
        _config(_ADAM, _CONSTANT, 128, 10),
        Text("Three convolutions, until each channel has a single pixel: 28 > 13 > 5 > 1. About 99 % right."),
    ),
    "lenet5": Preset(
        NetworkSpec(_LENET5, init="xavier", name="LeNet-5"),
        _config(_ADAM, _CONSTANT, 64, 10),
        Text("The network that read cheques in the 1990s (LeCun 1998), with tanh and averages. About 99 % right."),
    ),
    "perceptron": Preset(
        NetworkSpec((_FLATTEN, _OUT), name="Perceptron"),
        _config(_optimizer("SGD", lr=0.01, momentum=0.9), _CONSTANT, 128, 5),
        Text("No hidden layer: each digit has one weight for every pixel. About 92 % right, and it cannot do better."),
    ),
    "quick": Preset(
        NetworkSpec(_QUICK, name="Quick"),
        _config(_optimizer("Adam", lr=1e-2), _schedule("OneCycle"), 128, 2),
        Text("A small convolutional network trained with one cycle of the learning rate: 98 % right in a few seconds."),
    ),
}
