"""Layers for sequences: a picture read row by row or patch by patch, recurrence and attention. Imports no torch."""

import math

from engine.catalogue import steps
from engine.catalogue.layers.row import BIAS, LayerRow, no_values
from engine.catalogue.params import flag, integer, one_of
from engine.text import Text

_ALONG = one_of(
    "rows",
    ("rows", "columns"),
    Text("Along"),
    Text("Whether each row or each column is a step."),
    titles=(Text("rows"), Text("columns")),
)

_RECURRENT_PARAMS = {
    "units": integer(64, 1, 512, Text("Units"), Text("How many numbers it remembers from step to step.")),
    "directions": one_of(
        "one",
        ("one", "both"),
        Text("Directions"),
        Text("Reads from the first step to the last, or a second one also backwards."),
        titles=(Text("forwards"), Text("both ways")),
    ),
    "outputs": one_of(
        "last",
        ("last", "all"),
        Text("Outputs"),
        Text("What it knows after the last step, or after each step, for a layer that needs steps."),
        titles=(Text("after the last step"), Text("after each step")),
    ),
}


def _recurrent(kind: str, keras: str, gates: int, doc: Text, source: str) -> LayerRow:
    """A layer that goes from step to step, with so many matrices for what comes in and what it remembers."""
    return LayerRow(
        torch=kind,
        keras=f"{{opened}}layers.{keras}({{units}}{{returned}}){{closed}}",
        group="Sequence",
        doc=doc,
        params=_RECURRENT_PARAMS,
        out=steps.recurrent_out,
        args=steps.recurrent_args,
        parameters=lambda shape, values: (
            steps.directions(values) * gates * values["units"] * (shape[1] + values["units"] + 2)
        ),
        multiply_adds=lambda shape, values: (
            steps.directions(values) * shape[0] * gates * values["units"] * (shape[1] + values["units"])
        ),
        kept=lambda shape, values: steps.directions(values) * shape[0] * (gates + 2) * values["units"],
        calls=steps.recurrent_calls,
        home="own",
        source=source,
        keras_values=steps.recurrent_in_keras,
    )


SEQUENCE: dict[str, LayerRow] = {
    "RowsAsSteps": LayerRow(
        torch="RowsAsSteps",
        keras="layers.Permute({order})\nlayers.Reshape(({steps}, {numbers}))",
        group="Sequence",
        doc=Text("Reads the picture row by row: H steps of C * W numbers each; or column by column."),
        params={"along": _ALONG},
        out=steps.rows_out,
        home="own",
        source="https://arxiv.org/abs/1504.00941",
        keras_values=steps.rows_in_keras,
    ),
    "PatchEmbedding": LayerRow(
        torch="PatchEmbedding",
        keras="layers.Conv2D({size}, {patch}, strides={patch}{start})\nlayers.Reshape(({steps}, {size}))",
        group="Sequence",
        doc=Text(
            "Cuts the picture into squares and turns each into a step: y[t] = W * (pixels of square t) + b "
            "(Dosovitskiy 2021)."
        ),
        params={
            "patch": integer(7, 1, 28, Text("Patch"), Text("Side of each square; it must divide the picture."), "px"),
            "size": integer(64, 1, 512, Text("Size"), Text("How many numbers each step has.")),
        },
        out=steps.patch_out,
        args=lambda shape, values: {"in_channels": shape[0], "size": values["size"], "patch": values["patch"]},
        parameters=steps.patch_parameters,
        multiply_adds=lambda shape, values: math.prod(shape) * values["size"],
        home="own",
        source="https://arxiv.org/abs/2010.11929",
        keras_values=lambda shape, values: {"steps": steps.patch_out(shape, values)[0]},
    ),
    "Conv1d": LayerRow(
        torch="Conv1d",
        keras="layers.Conv1D({channels}, {kernel_size}{strides}{same}{dilation}{bias}{start})",
        group="Sequence",
        doc=Text("Slides small learned patterns over the steps: y[t] = b + sum of w[u] * x[t + u] (Waibel 1989)."),
        params={
            "channels": integer(32, 1, 512, Text("Channels"), Text("How many numbers each step has afterwards.")),
            "kernel_size": integer(3, 1, 28, Text("Kernel"), Text("How many steps it looks at, at once.")),
            "stride": integer(1, 1, 28, Text("Stride"), Text("How far the kernel moves; 2 halves the steps.")),
            "padding": integer(
                0, 0, 14, Text("Padding"), Text("Steps of zeros added at both ends; 1 keeps the length with kernel 3.")
            ),
            "dilation": integer(
                1, 1, 14, Text("Dilation"), Text("How far apart the steps are that it looks at."), advanced=True
            ),
            **BIAS,
        },
        out=steps.conv1d_out,
        args=steps.conv1d_args,
        parameters=steps.conv1d_parameters,
        multiply_adds=steps.conv1d_multiply_adds,
        home="own",
        source="https://doi.org/10.1109/29.21701",
    ),
    "RNN": _recurrent(
        "RNN",
        "SimpleRNN",
        1,
        Text(
            "Carries what it knows from step to step: h = tanh(W x + U h + b). Forgets what is long ago (Elman 1990)."
        ),
        "https://doi.org/10.1207/s15516709cog1402_1",
    ),
    "LSTM": _recurrent(
        "LSTM",
        "LSTM",
        4,
        Text(
            "Carries a cell c from step to step behind gates: c = f * c + i * tanh(W x + U h + b), h = o * tanh(c); "
            "the gates f, i and o are sigmoids of x and h (Hochreiter and Schmidhuber 1997)."
        ),
        "https://doi.org/10.1162/neco.1997.9.8.1735",
    ),
    "GRU": _recurrent(
        "GRU",
        "GRU",
        3,
        Text(
            "An LSTM with two gates and no cell: h = z * h + (1 - z) * tanh(W x + r * (U h) + b); z and r are sigmoids "
            "of x and h (Cho 2014)."
        ),
        "https://arxiv.org/abs/1406.1078",
    ),
    "SelfAttention": LayerRow(
        torch="SelfAttention",
        keras="layers.MultiHeadAttention({heads}, {share})",
        group="Sequence",
        doc=Text(
            "Lets every step look at every other: y = softmax(Q K / sqrt(d)) V, with Q, K and V learned from x, in "
            "several heads (Vaswani 2017)."
        ),
        params={
            "heads": integer(
                4, 1, 16, Text("Heads"), Text("How many ways to look, each with its share of a step's numbers.")
            )
        },
        out=steps.attention_out,
        args=lambda shape, values: {"size": shape[1], "heads": values["heads"]},
        parameters=lambda shape, _: 4 * shape[1] * (shape[1] + 1),
        multiply_adds=steps.attention_multiply_adds,
        kept=steps.attention_kept,
        home="own",
        source="https://arxiv.org/abs/1706.03762",
        keras_values=lambda shape, values: {"share": shape[1] // values["heads"]},
        keras_inputs="x, x",
    ),
    "LearnedPositions": LayerRow(
        torch="LearnedPositions",
        keras="LearnedPositions()",
        group="Sequence",
        doc=Text("Tells attention where each step is: y[t] = x[t] + p[t], with p learned (Gehring 2017)."),
        out=steps.same_steps,
        args=steps.position_args,
        parameters=lambda shape, _: math.prod(shape),
        home="own",
        source="https://arxiv.org/abs/1705.03122",
    ),
    "SinusoidalPositions": LayerRow(
        torch="SinusoidalPositions",
        keras="SinusoidalPositions()",
        group="Sequence",
        doc=Text(
            "Tells attention where each step is, learning nothing: adds sin(t / 10000^(2i / F)) to number 2i of step "
            "t and the cosine to number 2i + 1 (Vaswani 2017)."
        ),
        out=steps.same_steps,
        args=steps.position_args,
        home="own",
        source="https://arxiv.org/abs/1706.03762",
    ),
    "ClassToken": LayerRow(
        torch="ClassToken",
        keras="ClassToken()",
        group="Sequence",
        doc=Text(
            "Puts one learned step before the others, for attention to collect the answer in; PickStep takes it out "
            "again (Devlin 2019)."
        ),
        out=steps.token_out,
        args=lambda shape, _: {"size": shape[1]},
        parameters=lambda shape, _: shape[1],
        home="own",
        source="https://arxiv.org/abs/1810.04805",
    ),
    "PickStep": LayerRow(
        torch="PickStep",
        keras="pick_step({index})",
        group="Sequence",
        doc=Text("Keeps one step and drops the others: y = x[first] or x[last]."),
        params={
            "which": one_of(
                "first",
                ("first", "last"),
                Text("Step"),
                Text("The first step, such as a class token, or the last."),
                titles=(Text("the first"), Text("the last")),
            )
        },
        out=steps.one_step,
        home="own",
        source="https://arxiv.org/abs/1810.04805",
        keras_values=lambda _, values: {"index": 0 if values["which"] == "first" else -1},
    ),
    "MeanOverSteps": LayerRow(
        torch="MeanOverSteps",
        keras="layers.GlobalAveragePooling1D()",
        group="Sequence",
        doc=Text("Takes the mean of all steps: y = mean of x[t] over all t."),
        out=steps.one_step,
        args=no_values,
        home="own",
        source="https://arxiv.org/abs/1312.4400",
    ),
    "Delay": LayerRow(
        torch="Delay",
        keras="Delay({kept}, {steps}, {size}, {noise})",
        group="Sequence",
        doc=Text(
            "Keeps the first steps and lets others follow that say nothing, so that an answer at the end needs memory "
            "(Hochreiter and Schmidhuber 1997). The noise is the same for every picture: number n, counted from 1, is "
            "sqrt(2) * sin(n^2)."
        ),
        params={
            "kept": integer(14, 1, 256, Text("Kept"), Text("How many of the first steps stay as they are.")),
            "steps": integer(14, 1, 256, Text("Delay"), Text("How many steps follow that say nothing.")),
            "noise": flag(
                True,
                Text("Noise"),
                Text("What is in these steps: noise disturbs what is remembered, zeros let it fade."),
            ),
        },
        out=steps.delay_out,
        args=lambda shape, values: {**values, "size": shape[1]},
        home="own",
        source="https://doi.org/10.1162/neco.1997.9.8.1735",
        keras_values=lambda shape, values: {"size": shape[1]},
    ),
    "Transpose": LayerRow(
        torch="Transpose",
        keras="layers.Permute((2, 1))",
        group="Sequence",
        doc=Text(
            "Turns T steps of F numbers into F steps of T numbers, so that a Linear layer mixes the steps: "
            "y[i, t] = x[t, i] (Tolstikhin 2021)."
        ),
        out=steps.turned,
        args=no_values,
        home="own",
        source="https://arxiv.org/abs/2105.01601",
    ),
}
