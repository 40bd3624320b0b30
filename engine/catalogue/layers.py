"""The layer catalogue: one row says everything about a layer. Imports no torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalogue import shapes
from engine.catalogue.params import Param, Shape, flag, integer, one_of, real
from engine.catalogue.shapes import Values
from engine.text import Text

INITS: dict[str, Text] = {
    "default": Text("PyTorch's own: uniform, within 1 / sqrt(inputs of a unit). A good start for most networks."),
    "he": Text("He (Kaiming) normal, variance 2 / inputs, biases 0. Made for ReLU."),
    "xavier": Text("Xavier (Glorot) uniform, variance 2 / (inputs + outputs), biases 0. Made for tanh and sigmoid."),
    "zeros": Text("Every weight and bias 0. All units stay alike, so a deep network cannot learn: try it to see why."),
}

GROUPS: dict[str, Text] = {
    "Core": Text("Core"),
    "Convolution": Text("Convolution"),
    "Pooling": Text("Pooling"),
    "Normalisation": Text("Normalisation"),
    "Regularisation": Text("Regularisation"),
    "Activation": Text("Activation"),
    "Label": Text("Label"),
}


def _same_shape(shape: Shape, _: Values) -> Shape:
    return shape


def _own_values(_: Shape, values: Values) -> dict[str, Any]:
    return dict(values)


def _nothing(_: Shape, __: Values) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class LayerRow:
    """`out` gives the output shape (C, H, W) or (F,), without the batch axis, or raises SpecError without saying where.

    `torch` names the class in torch.nn, or `engine.network.label_layers` when it `takes_label`, `args` its arguments;
    `keras` is its source, values filled in by name, as are `{strides}`, `{same}` (padding) and `{start}` (initialiser)
    where they are needed.
    `group` is one of GROUPS. `multiply_adds` counts those of the weights, for one picture: 0 for layers that have none.
    """

    torch: str
    keras: str
    group: str
    doc: Text
    params: Mapping[str, Param] = field(default_factory=dict)
    out: Callable[[Shape, Values], Shape] = _same_shape
    args: Callable[[Shape, Values], dict[str, Any]] = _own_values
    parameters: Callable[[Shape, Values], int] = _nothing
    multiply_adds: Callable[[Shape, Values], int] = _nothing
    takes_label: bool = False


def _pool_params(window: Text) -> dict[str, Param]:
    return {
        "kernel_size": integer(2, 1, 28, Text("Window"), window, "px"),
        "stride": integer(2, 1, 28, Text("Stride"), Text("How far the window moves; 2 halves the picture."), "px"),
        "padding": integer(
            0, 0, 14, Text("Padding"), Text("Empty border added around; at most half the window."), "px"
        ),
    }


_SPECTRAL = {
    "spectral_norm": flag(
        False,
        Text("Spectral norm"),
        Text(
            "Divides the weights by their largest singular value, so that it cannot stretch anything by more than 1. "
            "Keeps the discriminator of a GAN calm (Miyato 2018)."
        ),
        advanced=True,
    )
}

_CONV_PARAMS = {
    "channels": integer(
        32, 1, 512, Text("Channels"), Text("How many patterns it learns to look for; each gives one picture.")
    ),
    "kernel_size": integer(3, 1, 28, Text("Kernel"), Text("Side of the square of pixels it looks at, at once."), "px"),
    "stride": integer(1, 1, 28, Text("Stride"), Text("How far the kernel moves; 2 halves the picture."), "px"),
    "padding": integer(
        0, 0, 14, Text("Padding"), Text("Border of zeros added around; 1 keeps the size with a 3 × 3 kernel."), "px"
    ),
    **_SPECTRAL,
}

_TRANSPOSED_PARAMS = {
    "channels": integer(16, 1, 512, Text("Channels"), Text("How many pictures come out.")),
    "kernel_size": integer(4, 1, 28, Text("Kernel"), Text("Side of the square that every pixel is spread over."), "px"),
    "stride": integer(2, 1, 28, Text("Stride"), Text("How far apart the squares lie; 2 doubles the picture."), "px"),
    "padding": integer(
        1, 0, 14, Text("Padding"), Text("Border cut off around; 1 doubles exactly with a 4 × 4 kernel."), "px"
    ),
    **_SPECTRAL,
}

_PICTURE_PARAMS = {
    "channels": integer(16, 1, shapes.MOST_CHANNELS, Text("Channels"), Text("How many small pictures.")),
    "height": integer(7, 1, 28, Text("Height"), Text("Rows of each."), "px"),
    "width": integer(7, 1, 28, Text("Width"), Text("Columns of each."), "px"),
}

LAYERS: dict[str, LayerRow] = {
    "Linear": LayerRow(
        torch="Linear",
        keras="layers.Dense({units}{start})",
        group="Core",
        doc=Text("Every unit adds up all its inputs, each times a weight, plus a bias: y = W x + b."),
        params={
            "units": integer(128, 1, shapes.MOST_UNITS, Text("Units"), Text("How many numbers come out.")),
            **_SPECTRAL,
        },
        out=shapes.linear_out,
        args=lambda shape, values: {"in_features": shape[0], "out_features": values["units"]},
        parameters=lambda shape, values: (shape[0] + 1) * values["units"],
        multiply_adds=lambda shape, values: shape[0] * values["units"],
    ),
    "Flatten": LayerRow(
        torch="Flatten",
        keras="layers.Flatten()",
        group="Core",
        doc=Text("Lays the picture out as one long row of C * H * W numbers, for Linear layers to read."),
        out=shapes.flatten_out,
    ),
    "Conv2d": LayerRow(
        torch="Conv2d",
        keras="layers.Conv2D({channels}, {kernel_size}{strides}{same}{start})",
        group="Convolution",
        doc=Text(
            "Slides small learned patterns over the picture: y[i, j] = b + sum of w[c, u, v] * x[c, i + u, j + v]."
        ),
        params=_CONV_PARAMS,
        out=shapes.conv_out,
        args=shapes.conv_args,
        parameters=shapes.conv_parameters,
        multiply_adds=shapes.conv_multiply_adds,
    ),
    "ConvTranspose2d": LayerRow(
        torch="ConvTranspose2d",
        keras="layers.Conv2DTranspose({channels}, {kernel_size}{strides}{same}{start})",
        group="Convolution",
        doc=Text(
            "A convolution run backwards: every pixel is spread over a square with learned weights, and the squares "
            "overlap: y[stride * i + u, stride * j + v] += w[c, u, v] * x[c, i, j]. Makes pictures larger."
        ),
        params=_TRANSPOSED_PARAMS,
        out=shapes.transposed_out,
        args=shapes.conv_args,
        parameters=shapes.conv_parameters,
        multiply_adds=shapes.transposed_multiply_adds,
    ),
    "Upsample": LayerRow(
        torch="Upsample",
        keras='layers.UpSampling2D({scale}, interpolation="{mode}")',
        group="Convolution",
        doc=Text("Makes the picture larger without learning: repeats every pixel, or blends between neighbours."),
        params={
            "scale": integer(2, 2, 8, Text("Scale"), Text("How many times larger.")),
            "mode": one_of(
                "nearest", ("nearest", "bilinear"), Text("Mode"), Text("Repeat pixels, or blend between them.")
            ),
        },
        out=shapes.upsample_out,
        args=lambda _, values: {"scale_factor": values["scale"], "mode": values["mode"]},
    ),
    "Reshape": LayerRow(
        torch="Unflatten",
        keras="layers.Reshape(({channels}, {height}, {width}))",
        group="Core",
        doc=Text("Lays a row of C * H * W numbers out as C small pictures: the opposite of Flatten."),
        params=_PICTURE_PARAMS,
        out=shapes.reshape_out,
        args=lambda _, values: {"dim": 1, "unflattened_size": (values["channels"], values["height"], values["width"])},
    ),
    "MaxPool2d": LayerRow(
        torch="MaxPool2d",
        keras="layers.MaxPooling2D({kernel_size}{strides}{same})",
        group="Pooling",
        doc=Text("Shrinks the picture, keeping the largest number of every window: y = max(x in window)."),
        params=_pool_params(Text("Side of the square that gives one maximum.")),
        out=shapes.pool_out("MaxPool2d"),
    ),
    "AvgPool2d": LayerRow(
        torch="AvgPool2d",
        keras="layers.AveragePooling2D({kernel_size}{strides}{same})",
        group="Pooling",
        doc=Text("Shrinks the picture, keeping the mean of every window, padding counted as 0: y = mean(x in window)."),
        params=_pool_params(Text("Side of the square that gives one mean.")),
        out=shapes.pool_out("AvgPool2d"),
    ),
    "AdaptiveAvgPool2d": LayerRow(
        torch="AdaptiveAvgPool2d",
        keras="layers.GlobalAveragePooling2D(keepdims=True)",
        group="Pooling",
        doc=Text("Takes the mean of each whole channel, to C × 1 × 1: y[c] = mean of x[c, i, j] over all i, j."),
        out=shapes.mean_out,
        args=lambda _, __: {"output_size": 1},
    ),
    "BatchNorm1d": LayerRow(
        torch="BatchNorm1d",
        keras="layers.BatchNormalization(momentum=0.9, epsilon=1e-5)",
        group="Normalisation",
        doc=Text(
            "Brings each number to mean 0 and variance 1 over the batch, then scales it: "
            "y = gamma * (x - mean) / sqrt(variance + 1e-5) + beta."
        ),
        out=shapes.norm1d_out,
        args=shapes.norm_args,
        parameters=shapes.norm_parameters,
    ),
    "BatchNorm2d": LayerRow(
        torch="BatchNorm2d",
        keras="layers.BatchNormalization(momentum=0.9, epsilon=1e-5)",
        group="Normalisation",
        doc=Text(
            "Brings each channel to mean 0 and variance 1 over batch and picture, then scales it: "
            "y = gamma * (x - mean) / sqrt(variance + 1e-5) + beta."
        ),
        out=shapes.norm2d_out,
        args=shapes.norm_args,
        parameters=shapes.norm_parameters,
    ),
    "Dropout": LayerRow(
        torch="Dropout",
        keras="layers.Dropout({p})",
        group="Regularisation",
        doc=Text(
            "While training, sets each number to 0 with probability p and the others to x / (1 - p); "
            "when reading, y = x."
        ),
        params={"p": real(0.5, 0.0, 0.95, Text("Share dropped"), Text("Part of the numbers set to 0 in every step."))},
    ),
    "ReLU": LayerRow(
        torch="ReLU",
        keras="layers.ReLU()",
        group="Activation",
        doc=Text("Lets what is positive pass and cuts the rest to 0: y = max(0, x)."),
    ),
    "LeakyReLU": LayerRow(
        torch="LeakyReLU",
        keras="layers.LeakyReLU(negative_slope={negative_slope})",
        group="Activation",
        doc=Text(
            "Like ReLU, but lets a little of the negative pass, so that no unit dies: y = x if x > 0, else slope * x."
        ),
        params={"negative_slope": real(0.01, 0.0, 1.0, Text("Slope"), Text("Factor for negative numbers."))},
    ),
    "ELU": LayerRow(
        torch="ELU",
        keras="layers.ELU(alpha={alpha})",
        group="Activation",
        doc=Text("Like ReLU, but bends smoothly down to -alpha: y = x if x > 0, else alpha * (exp(x) - 1)."),
        params={"alpha": real(1.0, 0.0, 10.0, Text("Alpha"), Text("How far below 0 it goes."))},
    ),
    "GELU": LayerRow(
        torch="GELU",
        keras='layers.Activation("gelu")',
        group="Activation",
        doc=Text("A smooth ReLU: y = x * P(a standard normal number < x)."),
    ),
    "SiLU": LayerRow(
        torch="SiLU",
        keras='layers.Activation("silu")',
        group="Activation",
        doc=Text("A smooth ReLU, also called swish: y = x / (1 + exp(-x))."),
    ),
    "Sigmoid": LayerRow(
        torch="Sigmoid",
        keras='layers.Activation("sigmoid")',
        group="Activation",
        doc=Text("Squeezes every number between 0 and 1: y = 1 / (1 + exp(-x))."),
    ),
    "Tanh": LayerRow(
        torch="Tanh",
        keras='layers.Activation("tanh")',
        group="Activation",
        doc=Text("Squeezes every number between -1 and 1: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))."),
    ),
    "Softplus": LayerRow(
        torch="Softplus",
        keras='layers.Activation("softplus")',
        group="Activation",
        doc=Text("A smooth ReLU that is never 0: y = ln(1 + exp(x))."),
    ),
    "Softmax": LayerRow(
        torch="Softmax",
        keras="layers.Softmax()",
        group="Activation",
        doc=Text("Turns scores into probabilities that add up to 1: y[i] = exp(x[i]) / sum of exp(x[j])."),
        out=shapes.softmax_out,
        args=lambda _, __: {"dim": 1},
    ),
    "LabelConcat": LayerRow(
        torch="LabelConcat",
        keras="LabelConcat()",
        group="Label",
        doc=Text(
            "Joins the digit asked for to the numbers: ten more, 1 for that digit and 0 for the others; "
            "on pictures ten more channels (Mirza 2014)."
        ),
        out=shapes.label_concat_out,
        args=lambda _, __: {},
        takes_label=True,
    ),
    "LabelEmbedding": LayerRow(
        torch="LabelEmbedding",
        keras="LabelEmbedding({size})",
        group="Label",
        doc=Text("Joins learned numbers for the digit asked for; on pictures learned channels."),
        params={"size": integer(10, 1, 64, Text("Size"), Text("How many numbers, or channels, stand for each digit."))},
        out=shapes.label_embedding_out,
        args=lambda shape, values: {"size": values["size"], "sides": shape[1:]},
        parameters=shapes.label_embedding_parameters,
        takes_label=True,
    ),
    "LabelProjection": LayerRow(
        torch="LabelProjection",
        keras="LabelProjection()",
        group="Label",
        doc=Text(
            "One score for picture and label together: y = w x + b + v[label] x, with a learned v for every digit "
            "(Miyato 2018). Ends the discriminator of a conditional GAN."
        ),
        params=dict(_SPECTRAL),
        out=shapes.label_projection_out,
        args=lambda shape, _: {"in_features": shape[0]},
        parameters=lambda shape, _: (shapes.LABELS + 1) * shape[0] + 1,
        multiply_adds=lambda shape, _: 2 * shape[0],
        takes_label=True,
    ),
}
