"""Convolutional networks that made history, scaled to pictures of 28 x 28. Imports no torch."""

from engine.catalogue.params import Choice
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.architectures.parts import END, branches, conv, linear, one_cycle, repeat
from engine.training.presets import FLATTEN, NORM, OUT, POOL, RELU, Measured, Preset

_OVERLAPPING = layer("MaxPool2d", kernel_size=3, stride=2)
_HALF = layer("Dropout", p=0.5)

_ALEXNET = (
    *(conv(24, 5), RELU, _OVERLAPPING, conv(48, 5), RELU, _OVERLAPPING),
    *(conv(64), RELU, conv(64), RELU, conv(48), RELU, _OVERLAPPING),
    *(FLATTEN, _HALF, linear(256), RELU, _HALF, linear(256), RELU, OUT),
)

_VGG = (
    *(repeat(2, conv(16), RELU), POOL, repeat(2, conv(32), RELU), POOL, repeat(2, conv(64), RELU), POOL),
    *(FLATTEN, linear(128), RELU, _HALF, OUT),
)


def _inception(one: int, three: int, five: int, pooled: int) -> Choice:
    """Kernels of 1, 3 and 5 pixels and a maximum side by side; 1 x 1 convolutions before the large ones save work."""
    return branches(
        [conv(one, 1), RELU],
        [conv(three // 2, 1), RELU, conv(three), RELU],
        [conv(five // 2, 1), RELU, conv(five, 5), RELU],
        [layer("MaxPool2d", kernel_size=3, stride=1, padding=1), conv(pooled, 1), RELU],
    )


_GOOGLENET = (
    *(conv(16, stride=2), NORM, RELU, _inception(8, 16, 8, 8), NORM, _inception(16, 24, 8, 8), NORM, POOL),
    *(_inception(16, 32, 8, 8), NORM, _inception(24, 40, 16, 16), NORM, layer("AdaptiveAvgPool2d"), FLATTEN),
    *(layer("Dropout", p=0.2), OUT),
)

_ALL_CONVOLUTIONS = (
    *(conv(24), RELU, conv(24, stride=2), RELU, conv(48), RELU, conv(48, stride=2), RELU),
    *(conv(48), RELU, conv(48, 1), RELU, conv(10, 1), layer("AdaptiveAvgPool2d"), FLATTEN),
)


def _separable(channels: int, out: int, stride: int = 1) -> tuple[Choice, ...]:
    """A convolution of every channel alone, then one of single pixels that mixes the channels."""
    return conv(channels, stride=stride, groups=channels), NORM, RELU, conv(out, 1), NORM, RELU


_MOBILENET = (
    *(conv(16, stride=2), NORM, RELU, *_separable(16, 32), *_separable(32, 64, 2), *_separable(64, 64)),
    *(*_separable(64, 128, 2), *_separable(128, 128), *END),
)

_TINY = (
    *(conv(6, stride=2), NORM, RELU, *_separable(6, 12), *_separable(12, 12, 2), *_separable(12, 12)),
    *(layer("AdaptiveAvgPool2d"), FLATTEN, OUT),
)

CONVOLUTIONAL: dict[str, Preset] = {
    "alexnet": Preset(
        NetworkSpec(_ALEXNET, name="AlexNet"),
        one_cycle(3, 2e-3),
        Text(
            "Five convolutions, overlapping maxima, dropout: the network that began the age of deep learning "
            "(Krizhevsky 2012). A quarter as wide as then."
        ),
        "convolutional",
        "https://papers.nips.cc/paper/4824",
        Measured(102, 0.9935),
    ),
    "vgg": Preset(
        NetworkSpec(_VGG, init="he", name="VGG"),
        one_cycle(3, 2e-3),
        Text(
            "Nothing but convolutions of 3 × 3, two and two, each pair after a maximum twice as wide "
            "(Simonyan and Zisserman 2014). Three pairs instead of five."
        ),
        "convolutional",
        "https://arxiv.org/abs/1409.1556",
        Measured(106, 0.9921),
    ),
    "googlenet": Preset(
        NetworkSpec(_GOOGLENET, name="GoogLeNet"),
        one_cycle(4, 1e-2),
        Text(
            "Kernels of several sizes side by side in each block, called inception (Szegedy 2014). Four blocks instead "
            "of nine, with batch norm as in its second version."
        ),
        "convolutional",
        "https://arxiv.org/abs/1409.4842",
        Measured(182, 0.9946),
    ),
    "all-convolutional": Preset(
        NetworkSpec(_ALL_CONVOLUTIONS, init="he", name="All convolutions"),
        one_cycle(4, 3e-3),
        Text(
            "Strides instead of pooling, single pixels instead of Linear layers: convolutions are enough "
            "(Springenberg 2014)."
        ),
        "convolutional",
        "https://arxiv.org/abs/1412.6806",
        Measured(109, 0.9889),
    ),
    "mobilenet": Preset(
        NetworkSpec(_MOBILENET, name="MobileNet"),
        one_cycle(4, 1e-2),
        Text(
            "Each convolution in two: every channel alone, then single pixels across channels. Made for phones "
            "(Howard 2017). Five pairs instead of thirteen."
        ),
        "convolutional",
        "https://arxiv.org/abs/1704.04861",
        Measured(67, 0.9923),
    ),
    "tiny": Preset(
        NetworkSpec(_TINY, name="Tiny"),
        one_cycle(10, 2e-2, 64),
        Text(
            "Convolutions in two as in MobileNet (Howard 2017), of 1,030 parameters, a hundredth of the CNN's: about "
            "97 % right."
        ),
        "convolutional",
        "https://arxiv.org/abs/1704.04861",
        Measured(76, 0.9762),
    ),
}
