"""The loss catalogue: what training minimises. Imports no torch."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.catalogue.params import Param, real
from engine.text import Text


@dataclass(frozen=True, slots=True)
class LossRow:
    """`unit` is that of the loss on a curve; `chance` its value, for people, where a network only
    guesses among so many classes."""

    doc: Text
    unit: str
    chance: Callable[[int], str]
    params: Mapping[str, Param] = field(default_factory=dict)


LOSSES: dict[str, LossRow] = {
    "CrossEntropy": LossRow(
        doc=Text(
            "How surprised the network is by the right class: -ln(its probability), the scores made probabilities by "
            "softmax; a Softmax at the end is understood."
        ),
        unit="nats",
        chance=lambda classes: f"{math.log(classes):.2f} = ln {classes}",
        params={
            "label_smoothing": real(
                0.0,
                0.0,
                0.9,
                Text("Label smoothing"),
                Text("Part of the target shared among all classes; 0 is off."),
            )
        },
    ),
    "MeanSquaredError": LossRow(
        doc=Text("Mean of (y[i] - t[i])^2 over the outputs as they are; t is 1 for the right class, 0 for the others."),
        unit="",
        chance=lambda classes: f"{(classes - 1) / classes**2:.2g}",
    ),
    "Hinge": LossRow(
        doc=Text(
            "Asks the right class's output to lead every other by the margin: "
            "sum over the wrong i of max(0, margin - y[right] + y[i]), divided by the number of classes."
        ),
        unit="",
        chance=lambda classes: f"{(classes - 1) / classes:.2g} * margin",
        params={"margin": real(1.0, 0.01, 10.0, Text("Margin"), Text("The lead that is enough."))},
    ),
}
