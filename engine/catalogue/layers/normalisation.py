"""Norms, which bring numbers to mean 0 and variance 1, and dropout. Imports no torch."""

from engine.catalogue import norms
from engine.catalogue.layers.row import LayerRow
from engine.catalogue.params import integer, real
from engine.text import Text

NORMALISATION: dict[str, LayerRow] = {
    "BatchNorm1d": LayerRow(
        torch="BatchNorm1d",
        keras="layers.BatchNormalization(momentum=0.9, epsilon=1e-5{gamma})",
        group="Normalisation",
        doc=Text(
            "Brings each number to mean 0 and variance 1 over the batch, then scales it: "
            "y = gamma * (x - mean) / sqrt(variance + 1e-5) + beta."
        ),
        out=norms.norm1d_out,
        args=norms.norm_args,
        parameters=norms.norm_parameters,
        source="https://arxiv.org/abs/1502.03167",
    ),
    "BatchNorm2d": LayerRow(
        torch="BatchNorm2d",
        keras="layers.BatchNormalization(momentum=0.9, epsilon=1e-5{gamma})",
        group="Normalisation",
        doc=Text(
            "Brings each channel to mean 0 and variance 1 over batch and picture, then scales it: "
            "y = gamma * (x - mean) / sqrt(variance + 1e-5) + beta."
        ),
        out=norms.norm2d_out,
        args=norms.norm_args,
        parameters=norms.norm_parameters,
        source="https://arxiv.org/abs/1502.03167",
    ),
    "GroupNorm": LayerRow(
        torch="GroupNorm",
        keras="layers.GroupNormalization({groups}, epsilon=1e-5{gamma})",
        group="Normalisation",
        doc=Text(
            "Brings each group of channels of one picture to mean 0 and variance 1, then scales each channel: "
            "y = gamma * (x - mean) / sqrt(variance + 1e-5) + beta. Compares no pictures, so any batch size will do "
            "(Wu and He 2018)."
        ),
        params={
            "groups": integer(
                4, 1, 512, Text("Groups"), Text("How many groups the channels are cut into; it must divide them.")
            )
        },
        out=norms.group_norm_out,
        args=lambda shape, values: {"num_groups": values["groups"], "num_channels": shape[0]},
        parameters=norms.norm_parameters,
        source="https://arxiv.org/abs/1803.08494",
    ),
    "LayerNorm": LayerRow(
        torch="LayerNorm",
        keras="layers.LayerNormalization(axis={axes}, epsilon=1e-5{gamma})",
        group="Normalisation",
        doc=Text(
            "Brings all numbers of one picture, or of one step of a sequence, to mean 0 and variance 1, then scales "
            "each: y = gamma * (x - mean) / sqrt(variance + 1e-5) + beta (Ba 2016)."
        ),
        args=lambda shape, _: {"normalized_shape": norms.normalised(shape)},
        parameters=norms.layer_norm_parameters,
        source="https://arxiv.org/abs/1607.06450",
        keras_values=lambda shape, _: {"axes": [1, 2, 3] if len(shape) == 3 else -1},
    ),
}

REGULARISATION: dict[str, LayerRow] = {
    "Dropout": LayerRow(
        torch="Dropout",
        keras="layers.Dropout({p})",
        group="Regularisation",
        doc=Text(
            "While training, sets each number to 0 with probability p and the others to x / (1 - p); "
            "when reading, y = x."
        ),
        params={"p": real(0.5, 0.0, 0.95, Text("Share dropped"), Text("Part of the numbers set to 0 in every step."))},
        source="https://jmlr.org/papers/v15/srivastava14a.html",
    ),
}
