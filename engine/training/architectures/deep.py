"""Deep networks: plain ones, and those that shortcuts made possible. Imports no torch."""

from engine.catalogue.params import Choice
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.architectures.parts import END, MEAN, branches, conv, one_cycle, repeat, residual
from engine.training.config import TrainConfig
from engine.training.presets import NORM, RELU, Measured, Preset

WIDTHS = (16, 32, 64)
_SIGMOID, _AVERAGE = layer("Sigmoid"), layer("AvgPool2d")
RESNET_PAPER = "https://arxiv.org/abs/1512.03385"


def resnet(depth: int, has_shortcuts: bool = True) -> NetworkSpec:
    """He's network of 6 n + 2 layers for small pictures, or the plain one without shortcuts. Its first convolution
    halves the picture to 14 x 14, as his halves larger ones."""
    each = (depth - 2) // 6
    layers: list[Choice] = [conv(WIDTHS[0], stride=2), NORM, RELU]
    for width, stride in zip(WIDTHS, (1, 2, 2), strict=True):
        layers += _stage(width, stride, each, has_shortcuts)
    return NetworkSpec((*layers, *END), "he", f"{'ResNet' if has_shortcuts else 'Plain'}-{depth}")


def _stage(width: int, stride: int, blocks: int, has_shortcuts: bool) -> list[Choice]:
    """So many blocks of two convolutions, of which the very first may halve the picture."""
    first, other = _block(width, stride, has_shortcuts), _block(width, 1, has_shortcuts)
    if first == other:
        return [repeat(blocks, *other)]
    return [*first, repeat(blocks - 1, *other)] if blocks > 1 else list(first)


def _block(width: int, stride: int, has_shortcuts: bool) -> tuple[Choice, ...]:
    body = (conv(width, stride=stride), NORM, RELU, conv(width), NORM)
    return (residual(*body), RELU) if has_shortcuts else (*body, RELU)


def _squeezed(width: int, stride: int = 1) -> tuple[Choice, ...]:
    """A residual block of which each channel is scaled by how much the whole picture asks for it."""
    asked = [MEAN, conv(width // 4, 1), RELU, conv(width, 1), _SIGMOID]
    scaled = branches([], asked, join="multiply")
    return residual(conv(width, stride=stride), NORM, RELU, conv(width), NORM, scaled), RELU


def _dense(growth: int, blocks: int) -> Choice:
    """Layers that each add a few channels to all that came before."""
    return repeat(blocks, residual(NORM, RELU, conv(growth), join="concatenate"))


def _resnet(
    depth: int, has_shortcuts: bool, config: TrainConfig, doc: Text, measured: Measured | None = None
) -> Preset:
    return Preset(resnet(depth, has_shortcuts), config, doc, "deep", RESNET_PAPER, measured)


_PLAIN = Text(
    "The same layers without their shortcuts. The deeper, the worse it trains: the reason why shortcuts were invented "
    "(He 2015)."
)
_DEEP = Text("Residual blocks: each adds to what goes in what its two convolutions make of it (He 2015, for CIFAR-10).")

_SE_RESNET = (conv(16, stride=2), NORM, RELU, *_squeezed(16), *_squeezed(32, 2), *_squeezed(64, 2), *END)

_DENSENET = (
    *(conv(16, stride=2), _dense(8, 4), NORM, RELU, conv(24, 1), _AVERAGE, _dense(8, 4), NORM, RELU, conv(28, 1)),
    *(_AVERAGE, _dense(8, 4), NORM, RELU, *END),
)

DEEP: dict[str, Preset] = {
    "resnet8": _resnet(8, True, one_cycle(4, 1e-2), _DEEP, Measured(67, 0.9933)),
    "resnet20": _resnet(20, True, one_cycle(3, 1e-2), _DEEP, Measured(130, 0.9946)),
    "resnet56": _resnet(56, True, one_cycle(1, 1e-2), _DEEP),
    "plain8": _resnet(8, False, one_cycle(4, 1e-2), _PLAIN),
    "plain20": _resnet(20, False, one_cycle(3, 1e-2), _PLAIN),
    "plain56": _resnet(56, False, one_cycle(1, 1e-2), _PLAIN),
    "densenet": Preset(
        NetworkSpec(_DENSENET, init="he", name="DenseNet"),
        one_cycle(3, 1e-2),
        Text(
            "Each convolution reads all that came before it and adds 8 channels (Huang 2016). Three blocks of four, "
            "with single pixels and means between them."
        ),
        "deep",
        "https://arxiv.org/abs/1608.06993",
        Measured(103, 0.994),
    ),
    "se-resnet": Preset(
        NetworkSpec(_SE_RESNET, init="he", name="SE-ResNet-8"),
        one_cycle(4, 1e-2),
        Text(
            "ResNet-8 that also learns which channels a picture needs: squeeze each to its mean, excite it by a number "
            "from 0 to 1 (Hu 2017)."
        ),
        "deep",
        "https://arxiv.org/abs/1709.01507",
        Measured(86, 0.9937),
    ),
}
