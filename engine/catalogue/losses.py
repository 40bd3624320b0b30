"""The loss catalogue: what training minimises. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.catalogue.params import Param, real
from engine.text import Text


@dataclass(frozen=True, slots=True)
class LossRow:
    """`unit` is that of the loss on a curve; `chance` its value, for people, where a network only guesses."""

    doc: Text
    unit: str
    chance: str
    params: Mapping[str, Param] = field(default_factory=dict)


LOSSES: dict[str, LossRow] = {
    "CrossEntropy": LossRow(
        doc=Text(
            "How surprised the network is by the right digit: -ln(its probability), the scores made probabilities by "
            "softmax; a Softmax at the end is understood."
        ),
        unit="nats",
        chance="2.30 = ln 10",
        params={
            "label_smoothing": real(
                0.0,
                0.0,
                0.9,
                Text("Label smoothing"),
                Text("Part of the target shared among all ten digits; 0 is off."),
            )
        },
    ),
    "MeanSquaredError": LossRow(
        doc=Text(
            "Mean of (y[i] - t[i])^2 over the ten outputs as they are; t is 1 for the right digit, 0 for the others."
        ),
        unit="",
        chance="0.09",
    ),
    "Hinge": LossRow(
        doc=Text(
            "Asks the right digit's output to lead every other by the margin: "
            "sum over the wrong i of max(0, margin - y[right] + y[i]), divided by 10."
        ),
        unit="",
        chance="0.9 * margin",
        params={"margin": real(1.0, 0.01, 10.0, Text("Margin"), Text("The lead that is enough."))},
    ),
}
