"""Layers that any network is made of. Imports no torch."""

from engine.catalogue import shapes
from engine.catalogue.layers.row import SPECTRAL, LayerRow
from engine.catalogue.params import integer
from engine.text import Text

CORE: dict[str, LayerRow] = {
    "Linear": LayerRow(
        torch="Linear",
        keras="layers.Dense({units}{start})",
        group="Core",
        doc=Text(
            "Every unit adds up all its inputs, each times a weight, plus a bias: y = W x + b. Of a sequence it reads "
            "each step alone, with the same weights."
        ),
        params={
            "units": integer(128, 1, shapes.MOST_UNITS, Text("Units"), Text("How many numbers come out.")),
            **SPECTRAL,
        },
        out=shapes.linear_out,
        args=lambda shape, values: {"in_features": shape[-1], "out_features": values["units"]},
        parameters=lambda shape, values: (shape[-1] + 1) * values["units"],
        multiply_adds=shapes.linear_multiply_adds,
    ),
    "Flatten": LayerRow(
        torch="Flatten",
        keras="layers.Flatten()",
        group="Core",
        doc=Text("Lays the picture out as one long row of C * H * W numbers, for Linear layers to read."),
        out=shapes.flatten_out,
    ),
}

RESHAPE = {
    "Reshape": LayerRow(
        torch="Unflatten",
        keras="layers.Reshape(({channels}, {height}, {width}))",
        group="Core",
        doc=Text("Lays a row of C * H * W numbers out as C small pictures: the opposite of Flatten."),
        params={
            "channels": integer(16, 1, shapes.MOST_CHANNELS, Text("Channels"), Text("How many small pictures.")),
            "height": integer(7, 1, 28, Text("Height"), Text("Rows of each."), "px"),
            "width": integer(7, 1, 28, Text("Width"), Text("Columns of each."), "px"),
        },
        out=shapes.reshape_out,
        args=lambda _, values: {"dim": 1, "unflattened_size": (values["channels"], values["height"], values["width"])},
    ),
}
