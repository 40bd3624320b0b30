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


def optimizer(kind: str, **values: Value) -> Choice:
    return choose(OPTIMIZERS, kind, values, Text("Optimizer"))


def schedule(kind: str, **values: Value) -> Choice:
    return choose(SCHEDULES, kind, values, Text("Schedule"))


def training(optimizer: Choice, schedule: Choice, batch_size: int, epochs: int) -> TrainConfig:
    """Settings with cross-entropy as the loss."""
    loss = choose(LOSSES, "CrossEntropy", {}, Text("Loss"))
    return TrainConfig(optimizer, loss, schedule, batch_size, epochs)


FLATTEN, RELU, _TANH = layer("Flatten"), layer("ReLU"), layer("Tanh")
POOL, NORM = layer("MaxPool2d"), layer("BatchNorm2d")
_CONSTANT, _ADAM = schedule("Constant"), optimizer("Adam", lr=1e-3)
OUT = layer("Linear", units=10)

_MLP = (FLATTEN, layer("Linear", units=128), RELU, layer("Dropout", p=0.5), OUT)

_CNN = (
    *(layer("Conv2d", channels=32), RELU, POOL),
    *(layer("Conv2d", channels=64), RELU, POOL),
    *(FLATTEN, layer("Linear", units=64), RELU, OUT),
)

_CNN3 = (
    *(layer("Conv2d", channels=32), RELU, POOL),
    *(layer("Conv2d", channels=64), RELU, POOL),
    *(layer("Conv2d", channels=64), RELU, POOL),
    *(FLATTEN, layer("Linear", units=64), RELU, OUT),
)

# LeCun's pictures were 32 x 32: padding 2 makes ours as large. His third convolution, of 120 channels, sees 5 x 5 and
# leaves 1 x 1: it is the first Linear layer here.
_LENET5 = (
    *(layer("Conv2d", channels=6, kernel_size=5, padding=2), _TANH, layer("AvgPool2d")),
    *(layer("Conv2d", channels=16, kernel_size=5), _TANH, layer("AvgPool2d")),
    *(FLATTEN, layer("Linear", units=120), _TANH, layer("Linear", units=84), _TANH, OUT),
)

_QUICK = (
    *(layer("Conv2d", channels=16, kernel_size=5, stride=2), NORM, RELU),
    *(layer("Conv2d", channels=32), POOL, NORM, RELU),
    *(FLATTEN, OUT),
)

PRESETS: dict[str, Preset] = {
    "mlp": Preset(
        NetworkSpec(_MLP, name="MLP"),
        training(_ADAM, _CONSTANT, 64, 10),
        Text(
            "A multi-layer perceptron with one hidden layer of 128 units: the classic first network. About 98 % of "
            "the digits right."
        ),
    ),
    "cnn": Preset(
        NetworkSpec(_CNN, name="CNN"),
        training(_ADAM, _CONSTANT, 128, 10),
        Text(
            "A convolutional network: two convolutions that find strokes and corners, then two Linear layers. About "
            "99 % right."
        ),
    ),
    "cnn3": Preset(
        NetworkSpec(_CNN3, name="CNN, three deep"),
        training(_ADAM, _CONSTANT, 128, 10),
        Text("Three convolutions, until each channel has a single pixel: 28 > 13 > 5 > 1. About 99 % right."),
    ),
    "lenet5": Preset(
        NetworkSpec(_LENET5, init="xavier", name="LeNet-5"),
        training(_ADAM, _CONSTANT, 64, 10),
        Text("The network that read cheques in the 1990s (LeCun 1998), with tanh and averages. About 99 % right."),
    ),
    "perceptron": Preset(
        NetworkSpec((FLATTEN, OUT), name="Perceptron"),
        training(optimizer("SGD", lr=0.01, momentum=0.9), _CONSTANT, 128, 5),
        Text("No hidden layer: each digit has one weight for every pixel. About 92 % right, and it cannot do better."),
    ),
    "quick": Preset(
        NetworkSpec(_QUICK, name="Quick"),
        training(optimizer("Adam", lr=1e-2), schedule("OneCycle"), 128, 2),
        Text("A small convolutional network trained with one cycle of the learning rate: 98 % right in a few seconds."),
    ),
}
