"""Pooling: windows, or whole channels, become one number. Imports no torch."""

from engine.catalogue import windows
from engine.catalogue.layers.row import SIDEWAYS, LayerRow
from engine.catalogue.params import Param, integer
from engine.text import Text


def _pool_params(window: Text) -> dict[str, Param]:
    return {
        "kernel_size": integer(2, 1, 28, Text("Window"), window, "px"),
        "stride": integer(2, 1, 28, Text("Stride"), Text("How far the window moves; 2 halves the picture."), "px"),
        "padding": integer(
            0, 0, 14, Text("Padding"), Text("Empty border added around; at most half the window."), "px"
        ),
        **SIDEWAYS,
    }


POOLING: dict[str, LayerRow] = {
    "MaxPool2d": LayerRow(
        torch="MaxPool2d",
        keras="layers.MaxPooling2D({kernel_size}{strides}{same})",
        group="Pooling",
        doc=Text("Shrinks the picture, keeping the largest number of every window: y = max(x in window)."),
        params=_pool_params(Text("Side of the square that gives one maximum.")),
        out=windows.pool_out("MaxPool2d"),
        args=windows.pool_args,
    ),
    "AvgPool2d": LayerRow(
        torch="AvgPool2d",
        keras="layers.AveragePooling2D({kernel_size}{strides}{same})",
        group="Pooling",
        doc=Text("Shrinks the picture, keeping the mean of every window, padding counted as 0: y = mean(x in window)."),
        params=_pool_params(Text("Side of the square that gives one mean.")),
        out=windows.pool_out("AvgPool2d"),
        args=windows.pool_args,
    ),
    "AdaptiveAvgPool2d": LayerRow(
        torch="AdaptiveAvgPool2d",
        keras="layers.GlobalAveragePooling2D(keepdims=True)",
        group="Pooling",
        doc=Text("Takes the mean of each whole channel, to C × 1 × 1: y[c] = mean of x[c, i, j] over all i, j."),
        out=windows.whole_out,
        args=lambda _, __: {"output_size": 1},
        source="https://arxiv.org/abs/1312.4400",
    ),
    "AdaptiveMaxPool2d": LayerRow(
        torch="AdaptiveMaxPool2d",
        keras="layers.GlobalMaxPooling2D(keepdims=True)",
        group="Pooling",
        doc=Text(
            "Takes the largest number of each whole channel, to C × 1 × 1: y[c] = max of x[c, i, j] over all i, j. "
            "Says whether a pattern is there, not where (Oquab 2015)."
        ),
        out=windows.whole_out,
        args=lambda _, __: {"output_size": 1},
        source="https://www.di.ens.fr/~josef/publications/Oquab15.pdf",
    ),
}
