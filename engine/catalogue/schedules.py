"""The schedule catalogue: how the learning rate changes during a training. Imports no torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.catalogue.params import Choice, Param, integer, real
from engine.text import Text


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    doc: Text
    params: Mapping[str, Param]


_WARMUP = real(
    0.0,
    0.0,
    0.5,
    Text("Warm-up"),
    Text("Part of the training during which the rate rises evenly from near 0; 0 is off."),
)

SCHEDULES: dict[str, ScheduleRow] = {
    "Constant": ScheduleRow(doc=Text("The same learning rate throughout: lr."), params={"warmup": _WARMUP}),
    "Step": ScheduleRow(
        doc=Text("Falls in steps: lr * gamma^k after k times so many epochs."),
        params={
            "every": integer(3, 1, 100, Text("Every"), Text("Epochs between two falls."), Text("epochs")),
            "gamma": real(0.1, 0.01, 1.0, Text("Gamma"), Text("Factor of each fall.")),
            "warmup": _WARMUP,
        },
    ),
    "Cosine": ScheduleRow(
        doc=Text("Falls along half a cosine wave: lr * (floor + (1 - floor) * (1 + cos(pi * t)) / 2), t from 0 to 1."),
        params={
            "floor": real(0.0, 0.0, 1.0, Text("Floor"), Text("Part of the learning rate that is left at the end.")),
            "warmup": _WARMUP,
        },
    ),
    "OneCycle": ScheduleRow(
        doc=Text(
            "Rises from lr / start to the peak lr, then falls to lr / (start * end), both along half a cosine wave."
        ),
        params={
            "rise": real(0.3, 0.01, 0.99, Text("Rise"), Text("Part of the training spent on the way up.")),
            "start_divisor": real(
                25.0, 1.0, 1000.0, Text("Start divisor"), Text("The first rate is the peak divided by this."), log=True
            ),
            "end_divisor": real(
                1e4, 1.0, 1e6, Text("End divisor"), Text("The last rate is the first divided by this."), log=True
            ),
            "warmup": _WARMUP,
        },
    ),
    "RangeTest": ScheduleRow(
        doc=Text(
            "Grows by the same factor at every step, from lr / span to lr, to see which rate suits (Smith 2015); ends "
            "once the loss explodes."
        ),
        params={
            "span": real(1e6, 10.0, 1e9, Text("Span"), Text("The last rate divided by the first."), log=True),
            "warmup": _WARMUP,
        },
    ),
}


def factor(schedule: Choice, step: int, steps: int, steps_per_epoch: int) -> float:
    """The factor on the base learning rate in `step` (from 1) of `steps`; warm-up multiplies any schedule."""
    done = min(step, steps) - 1
    warmup = round(schedule["warmup"] * steps)
    warmed = min(1.0, (done + 1) / warmup) if warmup else 1.0
    match schedule.kind:
        case "Step":
            return float(warmed * schedule["gamma"] ** (done // steps_per_epoch // schedule["every"]))
        case "Cosine":
            return warmed * _cosine(1.0, schedule["floor"], done / steps)
        case "OneCycle":
            return warmed * _one_cycle(schedule, done, steps)
        case "RangeTest":
            return float(warmed * schedule["span"] ** (done / max(1, steps - 1) - 1))
        case _:
            return warmed


def _cosine(start: float, end: float, share: float) -> float:
    """From `start` to `end` along half a cosine wave."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


def _one_cycle(schedule: Choice, done: int, steps: int) -> float:
    """Smith and Topin 2018, https://arxiv.org/abs/1708.07120, in two phases as in torch's OneCycleLR."""
    start = 1 / schedule["start_divisor"]
    end = start / schedule["end_divisor"]
    peak = schedule["rise"] * steps - 1
    if done < peak:
        return _cosine(start, 1.0, done / peak)
    return _cosine(1.0, end, (done - peak) / (steps - 1 - peak))
