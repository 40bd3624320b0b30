"""The catalogue of GAN losses: what the discriminator D and the generator G minimise. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.catalogue.params import Param, real
from engine.text import Text


@dataclass(frozen=True, slots=True)
class GanLossRow:
    """`verdict` says what D's output means: "probability" of being real after a sigmoid, or a plain "score"; `even` is
    the verdict of a D that cannot tell real from made, None where only the difference counts."""

    title: Text
    doc: Text
    verdict: str
    even: float | None
    params: Mapping[str, Param] = field(default_factory=dict)


GAN_LOSSES: dict[str, GanLossRow] = {
    "NonSaturating": GanLossRow(
        title=Text("Non-saturating"),
        doc=Text(
            "D: -ln D(real) - ln(1 - D(generated)). G: -ln D(generated), which is steep where D is sure that it is "
            "generated "
            "(Goodfellow 2014). The usual choice."
        ),
        verdict="probability",
        even=0.5,
    ),
    "Minimax": GanLossRow(
        title=Text("Minimax"),
        doc=Text(
            "The game as it is first written down: G minimises ln(1 - D(generated)), which is flat where D is sure, so "
            "that G hardly learns while it is bad. Try it to see it saturate."
        ),
        verdict="probability",
        even=0.5,
    ),
    "LeastSquares": GanLossRow(
        title=Text("Least squares"),
        doc=Text(
            "D: (D(real) - 1)^2 + D(generated)^2. G: (D(generated) - 1)^2. Pulls also what is already judged right "
            "(Mao 2017)."
        ),
        verdict="score",
        even=0.5,
    ),
    "Hinge": GanLossRow(
        title=Text("Hinge"),
        doc=Text(
            "D: max(0, 1 - D(real)) + max(0, 1 + D(generated)). G: -D(generated). Goes well with spectral norm (Lim "
            "2017)."
        ),
        verdict="score",
        even=0.0,
    ),
    "WassersteinGP": GanLossRow(
        title=Text("Wasserstein, gradient penalty"),
        doc=Text(
            "D: D(generated) - D(real), plus a penalty where the slope of D is not 1. G: -D(generated). -D's loss is "
            "about how "
            "far the two kinds of pictures are apart (Gulrajani 2017)."
        ),
        verdict="score",
        even=None,
        params={
            "penalty": real(
                10.0,
                0.0,
                1000.0,
                Text("Penalty"),
                Text("Weight of (slope - 1)^2, between real and generated pictures."),
            )
        },
    ),
}
