"""Activations, which bend every number, and softmax. Imports no torch."""

from engine.catalogue import shapes
from engine.catalogue.layers.row import LayerRow, no_values
from engine.catalogue.params import real
from engine.text import Text

ACTIVATION: dict[str, LayerRow] = {
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
    "PReLU": LayerRow(
        torch="PReLU",
        keras="layers.PReLU(alpha_initializer=keras.initializers.Constant({start_slope}), shared_axes={axes})",
        group="Activation",
        doc=Text(
            "Like LeakyReLU, but learns its slope, one for the whole layer: y = x if x > 0, else a * x (He 2015)."
        ),
        params={"start_slope": real(0.25, 0.0, 1.0, Text("First slope"), Text("Where the learned slope begins."))},
        args=lambda _, values: {"init": values["start_slope"]},
        parameters=lambda _, __: 1,
        source="https://arxiv.org/abs/1502.01852",
        keras_values=lambda shape, _: {"axes": list(range(1, len(shape) + 1))},
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
    "Hardswish": LayerRow(
        torch="Hardswish",
        keras='layers.Activation("hard_swish")',
        group="Activation",
        doc=Text("SiLU without an exponential, for small computers: y = x * min(max(x + 3, 0), 6) / 6 (Howard 2019)."),
        source="https://arxiv.org/abs/1905.02244",
    ),
    "Sigmoid": LayerRow(
        torch="Sigmoid",
        keras='layers.Activation("sigmoid")',
        group="Activation",
        doc=Text("Squeezes every number between 0 and 1: y = 1 / (1 + exp(-x))."),
    ),
    "Hardsigmoid": LayerRow(
        torch="Hardsigmoid",
        keras='layers.Activation("hard_sigmoid")',
        group="Activation",
        doc=Text(
            "A sigmoid of three straight pieces: y = min(max(x + 3, 0), 6) / 6. Beyond -3 and 3 its gradient is 0 "
            "(Courbariaux 2015)."
        ),
        args=no_values,
        home="own",
        source="https://arxiv.org/abs/1511.00363",
    ),
    "Tanh": LayerRow(
        torch="Tanh",
        keras='layers.Activation("tanh")',
        group="Activation",
        doc=Text("Squeezes every number between -1 and 1: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))."),
    ),
    "Step": LayerRow(
        torch="Step",
        keras="Step()",
        group="Activation",
        doc=Text(
            "The perceptron's own: y = 1 if x > 0, else 0 (Rosenblatt 1958). Its gradient is 0 everywhere, so none "
            "could learn through it; a straight-through one stands in, 1 where -1 < x < 1 and 0 beyond (Bengio 2013)."
        ),
        args=no_values,
        home="own",
        source="https://arxiv.org/abs/1308.3432",
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
        out=shapes.flat_out,
        args=lambda _, __: {"dim": 1},
    ),
    "LogSoftmax": LayerRow(
        torch="LogSoftmax",
        keras='layers.Activation("log_softmax")',
        group="Activation",
        doc=Text(
            "The logarithms of softmax's probabilities: y[i] = x[i] - ln(sum of exp(x[j])). Cross-entropy takes it "
            "anyway, so at the end it changes nothing."
        ),
        out=shapes.flat_out,
        args=lambda _, __: {"dim": 1},
        source="https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html",
    ),
}
