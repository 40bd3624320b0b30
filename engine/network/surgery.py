"""An operation on a network's weights, as plain data: small weights cut away, the others rounded or shaken; single
weights set; units switched off, scaled or shifted. No torch."""

from dataclasses import asdict, dataclass
from typing import Any

from engine.catalogue.params import SpecError
from engine.text import Text

ALL_BITS = 32
BITS = (ALL_BITS, 8, 4, 2, 1)
MOST_UNITS = 512  # that are switched off, scaled or shifted at once
MOST_WEIGHTS = 64  # that are set by hand
LARGEST = 100.0  # a weight, a factor and what is added lie between this and its negative
SEED = 0  # of the noise
ROWS = {"off": 0, "scaled": 2, "weights": 1}  # how many numbers follow the layer and the unit or the place
TOLD = Text("This operation cannot be done.")
NO_UNIT = Text("This network has no such unit.")


@dataclass(frozen=True, slots=True)
class Surgery:
    """`off` are units by the layer they are in; `prune` is the share of all weights cut away, the smallest first;
    `noise` the spread of what is added to each weight, as a share of the spread of its layer's; `bits` those that are
    left of each weight. `scaled` are units with their layer, the factor of what they make and what is added to it;
    `weights` single weights with their layer, their place in its flat weight tensor and their new value, which neither
    rounding nor noise changes."""

    off: tuple[tuple[str, int], ...] = ()
    prune: float = 0.0
    noise: float = 0.0
    bits: int = ALL_BITS
    scaled: tuple[tuple[str, int, float, float], ...] = ()
    weights: tuple[tuple[str, int, float], ...] = ()

    @property
    def is_none(self) -> bool:
        return self == Surgery()

    @property
    def units(self) -> dict[str, dict[int, tuple[float, float]]]:
        """By layer and unit, what its output is multiplied by, and what is added then; off is (0, 0)."""
        found: dict[str, dict[int, tuple[float, float]]] = {}
        for layer, unit, times, plus in self.scaled:
            found.setdefault(layer, {})[unit] = (times, plus)
        for layer, unit in self.off:
            found.setdefault(layer, {})[unit] = (0.0, 0.0)
        return found


def surgery_from_data(told: object) -> Surgery:
    """Read `{"off": [["0", 3], ...], "prune": 0.5, "noise": 0.1, "bits": 4, "scaled": [["0", 3, 2.0, 0.5], ...],
    "weights": [["0", 17, -0.3], ...]}` from anywhere; each may be left out. Raises SpecError."""
    if not isinstance(told, dict):
        raise SpecError(TOLD, Text("Send off, prune, noise, bits, scaled and weights."))
    off, scaled, weights = (_rows(told.get(name, []), numbers) for name, numbers in ROWS.items())
    if len(off) + len(scaled) > MOST_UNITS:
        raise SpecError(TOLD, Text("Operate on at most {most} units.", most=MOST_UNITS))
    if len(weights) > MOST_WEIGHTS:
        raise SpecError(TOLD, Text("Set at most {most} weights.", most=MOST_WEIGHTS))
    prune, noise = told.get("prune", 0), told.get("noise", 0)
    if not all(type(share) in (int, float) and 0 <= share <= 1 for share in (prune, noise)):
        raise SpecError(TOLD, Text("Cut away or shake by a share from 0 to 1."))
    if type(bits := told.get("bits", ALL_BITS)) is not int or bits not in BITS:
        raise SpecError(TOLD, Text("Keep 32, 8, 4, 2 or 1 bits."))
    return Surgery(_kept(off), float(prune), float(noise), bits, _kept(scaled), _kept(weights))


def surgery_to_data(surgery: Surgery) -> dict[str, Any]:
    return asdict(surgery) | {name: [list(row) for row in getattr(surgery, name)] for name in ROWS}


def _rows(told: object, numbers: int) -> list[Any]:
    if not isinstance(told, list | tuple):
        raise SpecError(TOLD, Text("Send lists of units and of weights."))
    for row in told:
        if not isinstance(row, list | tuple) or len(row) != 2 + numbers:
            raise SpecError(TOLD, Text("Name each unit by its layer and its number."))
        layer, place, *values = row
        if not isinstance(layer, str) or type(place) is not int or place < 0:
            raise SpecError(TOLD, Text("Name each unit by its layer and its number."))
        if not all(type(value) in (int, float) and -LARGEST <= value <= LARGEST for value in values):
            raise SpecError(TOLD, Text("Choose numbers from {least:n} to {most:n}.", least=-LARGEST, most=LARGEST))
    return list(told)


def _kept(rows: list[Any]) -> tuple[Any, ...]:
    """The last of each place, in order, with whole numbers as the others are."""
    last = {(row[0], row[1]): tuple(float(value) for value in row[2:]) for row in rows}
    return tuple((*place, *last[place]) for place in sorted(last))
