"""Networks that together have every kind of layer and block, for the tests of exported programs."""

from typing import Any

from engine.catalogue.params import Choice
from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, layer
from engine.training.architectures import ALL_PRESETS

NORM, RELU, LINEAR_12 = layer("BatchNorm2d"), layer("ReLU"), layer("Linear", units=12)
EVERY_KIND = NetworkSpec(
    (
        layer("Conv2d", channels=6, padding=1, bias=False),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("MaxPool2d", kernel_size=3, stride=2, padding=1),
        layer("Conv2d", channels=8, kernel_size=4, stride=2, padding=2),
        layer("LeakyReLU", negative_slope=0.2),
        layer("MaxPool2d", kernel_size=3, stride=1, padding=1),
        layer("ELU", alpha=0.7),
        layer("AvgPool2d", kernel_size=3, stride=2, padding=1),
        layer("GELU"),
        layer("Flatten"),
        layer("BatchNorm1d"),
        layer("SiLU"),
        layer("Linear", units=24),
        layer("Sigmoid"),
        layer("Dropout", p=0.3),
        layer("Linear", units=12),
        layer("Tanh"),
        layer("Linear", units=10),
        layer("Softplus"),
        layer("Softmax"),
    ),
    name="Every kind",
)
GLOBAL_MEAN = NetworkSpec(
    (
        layer("Conv2d", channels=10, kernel_size=5, stride=3, padding=4, bias=False),
        layer("MaxPool2d", kernel_size=4, stride=3, padding=2),
        layer("AdaptiveAvgPool2d"),
        layer("Flatten"),
    ),
    init="he",
)
EVERY_GENERATOR_KIND = NetworkSpec(
    (
        *(layer("LabelEmbedding", size=3), layer("Linear", units=24, spectral_norm=True), layer("LabelConcat")),
        *(layer("Linear", units=48), layer("Reshape", channels=3, height=4, width=4), layer("LabelEmbedding", size=2)),
        layer("ConvTranspose2d", channels=4, kernel_size=2, stride=3, padding=1, spectral_norm=True),
        *(layer("LabelConcat"), layer("Upsample", mode="bilinear"), layer("BatchNorm2d")),
        layer("ConvTranspose2d", channels=3, kernel_size=5, stride=1, padding=2, bias=False),
        layer("ConvTranspose2d", channels=3, kernel_size=4, stride=2, padding=4),
        *(layer("Flatten"), layer("BatchNorm1d"), layer("LabelConcat"), layer("LabelEmbedding", size=4)),
        *(layer("Linear", units=49), layer("Reshape", channels=1), layer("Upsample", scale=4), layer("Tanh")),
    ),
    "he",
    "Every kind of a generator",
    (5,),
    "generator",
)
EVERY_DISCRIMINATOR_KIND = NetworkSpec(
    (
        *(layer("LabelConcat"), layer("Conv2d", channels=3, stride=4, spectral_norm=True), layer("Flatten")),
        *(layer("LabelConcat"), layer("LabelProjection", spectral_norm=True), layer("Flatten")),
    ),
    "xavier",
    "Every kind of a discriminator",
    role="discriminator",
)
NEWER_KINDS = NetworkSpec(
    (
        *(layer("Conv2d", channels=8, padding=1), layer("GroupNorm", groups=2), layer("PReLU")),
        *(layer("Conv2d", channels=8, groups=8, padding=2, dilation=2), layer("LayerNorm"), layer("Hardswish")),
        *(layer("Conv2d", channels=12, groups=4, stride=2, dilation=2, padding=1, bias=False), layer("Hardsigmoid")),
        *(layer("Conv2d", channels=6, kernel_size=2, stride=2, dilation=3, padding=3), layer("Step")),
        *(
            layer("Conv2d", channels=6, kernel_size=1, kernel_width=4, padding=0, padding_across=2, stride_across=2),
            RELU,
        ),
        *(layer("MaxPool2d", kernel_width=3, padding=0, padding_across=1), layer("Conv2d", kernel_width=2, channels=6)),
        *(layer("AdaptiveMaxPool2d"), layer("Flatten"), layer("GroupNorm", groups=3), layer("LayerNorm")),
        *(layer("PReLU", start_slope=0.1), layer("Linear", units=10), layer("Step"), layer("LogSoftmax")),
    ),
    name="Newer kinds",
)
RECURRENT = NetworkSpec(
    (
        *(layer("Conv2d", channels=3, padding=1), layer("RowsAsSteps", along="columns"), layer("LayerNorm")),
        *(layer("RNN", units=12, outputs="all"), layer("Conv1d", channels=16, padding=2, stride=2), layer("GELU")),
        *(layer("GRU", units=9, outputs="all", directions="both"), layer("SinusoidalPositions")),
        *(layer("LSTM", units=7, outputs="all"), layer("GRU", units=6, outputs="all"), layer("PickStep", which="last")),
        *(layer("Reshape", channels=1, height=2, width=3), layer("RowsAsSteps"), layer("LSTM", directions="both")),
        layer("Linear", units=10),
    ),
    name="Recurrent",
)
ATTENTIVE = NetworkSpec(
    (
        *(layer("PatchEmbedding", size=24), layer("ClassToken"), layer("LearnedPositions"), layer("PReLU")),
        *(layer("SelfAttention", heads=3), layer("LayerNorm"), layer("Linear", units=20), layer("Transpose")),
        *(layer("Conv1d", channels=8, kernel_size=2, stride=2, dilation=2, padding=1, bias=False), layer("Dropout")),
        layer("Delay", kept=3, steps=2),
        *(layer("RNN", units=5, directions="both"), layer("Reshape", channels=1, height=5, width=2)),
        *(layer("RowsAsSteps"), layer("MeanOverSteps"), layer("Linear", units=12)),
        *(layer("Reshape", channels=1, height=4, width=3), layer("RowsAsSteps"), layer("PickStep")),
        layer("Linear", units=10),
    ),
    "xavier",
    "Attentive",
)


def conv(channels: int, **values: Any) -> Choice:
    return layer("Conv2d", channels=channels, padding=1, **values)


def residual(channels: int, stride: int = 1, **values: Any) -> Choice:
    return layer("Residual", [conv(channels, stride=stride), NORM, RELU, conv(channels), NORM], **values)


RESIDUAL = NetworkSpec(
    (
        *(conv(6, stride=2), NORM, RELU, layer("Repeat", [residual(6), RELU], times=2), residual(8, 2), RELU),
        *(layer("Repeat", [layer("Residual", [NORM, RELU, conv(3)], join="concatenate")], times=3), residual(8)),
        layer("Branches", [layer("Conv2d", channels=3, kernel_size=1)], [conv(4), RELU, conv(5)], [], [RELU, NORM]),
        layer("Branches", [], [layer("AdaptiveAvgPool2d"), conv(24), layer("Sigmoid")], join="multiply"),
        layer("Branches", [residual(5, 2, zero_last_norm=False)], [residual(5, 2), RELU], join="add"),
        *(layer("AdaptiveMaxPool2d"), layer("Flatten"), layer("Residual", [layer("Linear", units=7), RELU])),
        *(layer("Residual", [layer("Linear", units=5)], join="concatenate"), layer("Linear", units=10)),
    ),
    name="Residual",
)
TRANSFORMER = NetworkSpec(
    (
        *(layer("PatchEmbedding", size=12), layer("ClassToken"), layer("LearnedPositions")),
        layer(
            "Repeat",
            [
                layer("Residual", [layer("LayerNorm"), layer("SelfAttention", heads=3)]),
                layer(
                    "Residual",
                    [layer("LayerNorm"), layer("Linear", units=20), layer("GELU"), layer("Linear", units=12)],
                ),
            ],
            times=2,
        ),
        layer("Repeat", [layer("Residual", [layer("LSTM", units=9, outputs="all")])], times=2),
        layer("Branches", [layer("MeanOverSteps")], [layer("PickStep")], [layer("GRU", units=4)]),
        layer("Linear", units=10),
    ),
    "he",
    "Transformer",
)
NESTED = NetworkSpec(
    (
        layer(
            "Repeat",
            [layer("Residual", [layer("Branches", [layer("Repeat", [conv(2), RELU])], [conv(1)])]), layer("MaxPool2d")],
            times=3,
        ),
        *(layer("AdaptiveAvgPool2d"), layer("Flatten"), layer("Linear", units=1, spectral_norm=True)),
    ),
    "xavier",
    "Nested",
    role="discriminator",
)
NETWORKS = {
    **{name: preset.network for name, preset in ALL_PRESETS.items() if not name.startswith("plain")},
    **{f"{name} G": recipe.gan.generator for name, recipe in RECIPES.items()},
    **{f"{name} D": recipe.gan.discriminator for name, recipe in RECIPES.items()},
    "kinds": EVERY_KIND,
    "mean": GLOBAL_MEAN,
    "newer kinds": NEWER_KINDS,
    "recurrent": RECURRENT,
    "attentive": ATTENTIVE,
    "residual": RESIDUAL,
    "transformer": TRANSFORMER,
    "nested": NESTED,
    "kinds G": EVERY_GENERATOR_KIND,
    "kinds D": EVERY_DISCRIMINATOR_KIND,
}
