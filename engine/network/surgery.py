"""An operation on a network's weights, as plain data: units switched off, small weights cut away, the others rounded or
shaken. No torch."""

from dataclasses import asdict, dataclass
from typing import Any

from engine.catalogue.params import SpecError
from engine.text import Text

ALL_BITS = 32
BITS = (ALL_BITS, 8, 4, 2, 1)
MOST_UNITS = 512  # that are switched off at once
SEED = 0  # of the noise
TOLD = Text("This operation cannot be done.")
NO_UNIT = Text("This network has no such unit.")


@dataclass(frozen=True, slots=True)
class Surgery:
    """`off` are units by the layer they are in; `prune` is the share of all weights cut away, the smallest first;
    `noise` the spread of what is added to each weight, as a share of the spread of its layer's; `bits` those that are
    left of each weight."""

    off: tuple[tuple[str, int], ...] = ()
    prune: float = 0.0
    noise: float = 0.0
    bits: int = ALL_BITS

    @property
    def is_none(self) -> bool:
        return self == Surgery()


def surgery_from_data(told: object) -> Surgery:
    """Read `{"off": [["0", 3], ...], "prune": 0.5, "noise": 0.1, "bits": 4}` from anywhere; each may be left out.
    Raises SpecError."""
    if not isinstance(told, dict) or not isinstance(off := told.get("off", []), list | tuple):
        raise SpecError(TOLD, Text("Send off, prune, noise and bits."))
    if len(off) > MOST_UNITS:
        raise SpecError(TOLD, Text("Switch off at most {most} units.", most=MOST_UNITS))
    for pair in off:
        is_pair = isinstance(pair, list | tuple) and len(pair) == 2
        if not is_pair or not isinstance(pair[0], str) or type(pair[1]) is not int or pair[1] < 0:
            raise SpecError(TOLD, Text("Name each unit by its layer and its number."))
    prune, noise = told.get("prune", 0), told.get("noise", 0)
    if not all(type(share) in (int, float) and 0 <= share <= 1 for share in (prune, noise)):
        raise SpecError(TOLD, Text("Cut away or shake by a share from 0 to 1."))
    if type(bits := told.get("bits", ALL_BITS)) is not int or bits not in BITS:
        raise SpecError(TOLD, Text("Keep 32, 8, 4, 2 or 1 bits."))
    return Surgery(tuple(sorted({(layer, unit) for layer, unit in off})), float(prune), float(noise), bits)


def surgery_to_data(surgery: Surgery) -> dict[str, Any]:
    return asdict(surgery) | {"off": [list(pair) for pair in surgery.off]}
