"""Convolutions, and what makes pictures larger. Imports no torch."""

from engine.catalogue import windows
from engine.catalogue.layers.row import BIAS, SIDEWAYS, SPECTRAL, LayerRow
from engine.catalogue.params import integer, one_of
from engine.text import Text

_CONV_PARAMS = {
    "channels": integer(
        32, 1, 512, Text("Channels"), Text("How many patterns it learns to look for; each gives one picture.")
    ),
    "kernel_size": integer(3, 1, 28, Text("Kernel"), Text("Side of the square of pixels it looks at, at once."), "px"),
    "stride": integer(1, 1, 28, Text("Stride"), Text("How far the kernel moves; 2 halves the picture."), "px"),
    "padding": integer(
        0, 0, 14, Text("Padding"), Text("Border of zeros added around; 1 keeps the size with a 3 × 3 kernel."), "px"
    ),
    "dilation": integer(
        1,
        1,
        14,
        Text("Dilation"),
        Text("How far apart the pixels are that the kernel looks at: 2 leaves one out between (Yu and Koltun 2016)."),
        "px",
        advanced=True,
    ),
    "groups": integer(
        1,
        1,
        512,
        Text("Groups"),
        Text(
            "Cuts the channels into groups that are read apart. As many groups as channels make it depthwise: every "
            "channel is read alone (Howard 2017)."
        ),
        advanced=True,
    ),
    **SIDEWAYS,
    **BIAS,
    **SPECTRAL,
}

_TRANSPOSED_PARAMS = {
    "channels": integer(16, 1, 512, Text("Channels"), Text("How many pictures come out.")),
    "kernel_size": integer(4, 1, 28, Text("Kernel"), Text("Side of the square that every pixel is spread over."), "px"),
    "stride": integer(2, 1, 28, Text("Stride"), Text("How far apart the squares lie; 2 doubles the picture."), "px"),
    "padding": integer(
        1, 0, 14, Text("Padding"), Text("Border cut off around; 1 doubles exactly with a 4 × 4 kernel."), "px"
    ),
    **BIAS,
    **SPECTRAL,
}

CONVOLUTION: dict[str, LayerRow] = {
    "Conv2d": LayerRow(
        torch="Conv2d",
        keras="layers.Conv2D({channels}, {kernel_size}{strides}{same}{dilation}{shared}{bias}{start})",
        group="Convolution",
        doc=Text(
            "Slides small learned patterns over the picture: y[i, j] = b + sum of w[c, u, v] * x[c, i + u, j + v]."
        ),
        params=_CONV_PARAMS,
        out=windows.conv_out,
        args=windows.conv_args,
        parameters=windows.conv_parameters,
        multiply_adds=windows.conv_multiply_adds,
    ),
    "ConvTranspose2d": LayerRow(
        torch="ConvTranspose2d",
        keras="layers.Conv2DTranspose({channels}, {kernel_size}{strides}{same}{bias}{start})",
        group="Convolution",
        doc=Text(
            "A convolution run backwards: every pixel is spread over a square with learned weights, and the squares "
            "overlap: y[stride * i + u, stride * j + v] += w[c, u, v] * x[c, i, j]. Makes pictures larger."
        ),
        params=_TRANSPOSED_PARAMS,
        out=windows.transposed_out,
        args=windows.conv_args,
        parameters=windows.conv_parameters,
        multiply_adds=windows.transposed_multiply_adds,
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
        out=windows.upsample_out,
        args=lambda _, values: {"scale_factor": values["scale"], "mode": values["mode"]},
    ),
}
