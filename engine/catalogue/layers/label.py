"""Layers that tell a network of a GAN which digit is asked for. Imports no torch."""

from engine.catalogue import shapes
from engine.catalogue.layers.row import SPECTRAL, LayerRow, no_values
from engine.catalogue.params import integer
from engine.text import Text

LABEL: dict[str, LayerRow] = {
    "LabelConcat": LayerRow(
        torch="LabelConcat",
        keras="LabelConcat()",
        group="Label",
        doc=Text(
            "Joins the digit asked for to the numbers: ten more, 1 for that digit and 0 for the others; "
            "on pictures ten more channels (Mirza 2014)."
        ),
        out=shapes.label_concat_out,
        args=no_values,
        home="label",
        keras_inputs="x, digits",
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
        home="label",
        keras_inputs="x, digits",
    ),
    "LabelProjection": LayerRow(
        torch="LabelProjection",
        keras="LabelProjection()",
        group="Label",
        doc=Text(
            "One score for picture and label together: y = w x + b + v[label] x, with a learned v for every digit "
            "(Miyato 2018). Ends the discriminator of a conditional GAN."
        ),
        params=dict(SPECTRAL),
        out=shapes.label_projection_out,
        args=lambda shape, _: {"in_features": shape[0]},
        parameters=lambda shape, _: (shapes.LABELS + 1) * shape[0] + 1,
        multiply_adds=lambda shape, _: 2 * shape[0],
        home="label",
        keras_inputs="x, digits",
    ),
}
