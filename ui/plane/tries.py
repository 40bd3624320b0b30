"""Experiments with a GAN in the plane, each a surprise, and what to look for in the one at hand. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.plane.config import PlaneGan
from engine.text import Text

MANY = 5  # steps of one side for each of the other


@dataclass(frozen=True, slots=True)
class Try:
    """An experiment: settings that differ from the default ones. `live` ones change the run that goes on."""

    title: Text
    icon: str
    why: Text
    changes: Mapping[str, object] = field(default_factory=dict)
    live: bool = False


TRIES: dict[str, Try] = {
    "usual": Try(
        Text("Usual game"),
        "restart_alt",
        Text("The settings to start from: all modes (clumps) are found within seconds."),
    ),
    "hasty": Try(
        Text("10 steps of G for each of D"),
        "keyboard_double_arrow_right",
        Text("Guess first: what will G do when it may run ten steps before D looks again?"),
        {"generator_steps": 10},
    ),
    "frozen": Try(
        Text("Freeze D"),
        "ac_unit",
        Text("Give D no more steps while the run goes on. Guess first: where will the points go?"),
        {"discriminator_steps": 0},
        live=True,
    ),
    "thawed": Try(
        Text("Let D learn"),
        "local_fire_department",
        Text("Give D its step again. Guess first: will the points spread out again?"),
        {"discriminator_steps": 1},
        live=True,
    ),
    "minimax": Try(
        Text("Minimax against a sure D"),
        "trending_flat",
        Text("G stands still, D learns until it is sure. Guess first: will the arrows grow or shrink?"),
        {"loss": "Minimax", "generator_steps": 0},
    ),
    "thread": Try(
        Text("A single random number"),
        "timeline",
        Text("G reads one number instead of two. Guess first: can it still generate separate modes?"),
        {"z": 1},
    ),
}


def offered(plane: PlaneGan) -> dict[str, Try]:
    """The experiments that make sense with these settings: D is frozen, or let learn again."""
    idle = "frozen" if not plane.discriminator_steps else "thawed"
    return {name: one for name, one in TRIES.items() if name != idle}


def look_for(plane: PlaneGan) -> Text:
    """One sentence on what to look for with these settings."""
    d, g = plane.discriminator_steps, plane.generator_steps
    if not d:
        return Text(
            "**D is frozen:** all points run to where it finds them most real, even out of sight, and stay there."
        )
    if not g and plane.loss.kind == "Minimax":
        return Text(
            "**The arrows shrink as D gets sure:** minimax stops teaching. With the non-saturating loss they stay long."
        )
    if not g:
        return Text(
            "**Only D learns.** Its verdict becomes a map of the real points; the arrows are what G would learn."
        )
    if g >= MANY * d:
        return Text(
            "**G runs ahead of D:** its points fall onto the one place that D likes best, and hop on when D finds out."
        )
    if plane.z == 1:
        return Text(
            "**G can only bend a thread:** switch on the grid of z and see it cross the gaps it cannot tear open."
        )
    if plane.loss.kind == "WassersteinGP":
        return Text(
            "**D's map is a slope, not an edge:** the arrows stay long and even, and point home from everywhere."
        )
    if d >= MANY * g:
        return Text(
            "**D is far ahead of G:** its map has sharp edges, and the arrows are long, or vanish with minimax."
        )
    return Text(
        "**Diamonds chase dots:** D paints blue where it finds points real, the arrows push G there, and D moves on."
    )
