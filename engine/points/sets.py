"""The point sets of the 2-D playground as rows, and what a network may read of a point. No torch."""

from dataclasses import dataclass
from typing import Literal

from engine.text import Text

EXTENT = 6.0  # half side of the square in which all points lie
GAP = 0.3  # that the four squares of XOR leave free on either side of an axis
HILLS = ((0.0, 2.5, 1), (0.0, -2.5, -1), (-2.5, 0.0, -1), (2.5, 0.0, 1), (2.5, 2.5, -1), (-2.5, -2.5, 1))
HILL_RADIUS = 2.0


@dataclass(frozen=True, slots=True)
class PointSet:
    """Points with a class or a number each; `classes` is 0 where a number is to be learned (regression)."""

    title: Text
    doc: Text
    classes: Literal[0, 2, 3]


OWN = "own"
SETS: dict[str, PointSet] = {
    "blobs": PointSet(Text("Two blobs"), Text("Two clouds that a straight line separates."), 2),
    "circle": PointSet(Text("Circle"), Text("One class in the middle, the other in a ring around it."), 2),
    "xor": PointSet(Text("XOR"), Text("Class 1 where exactly one of x and y is above 0: no straight line will do."), 2),
    "spiral": PointSet(Text("Spiral"), Text("Two arms wound around each other: the hardest set here."), 2),
    "three": PointSet(Text("Three classes"), Text("Three clouds, one output for each."), 3),
    "slope": PointSet(Text("Slope"), Text("Regression: the number grows steadily from one corner to the other."), 0),
    "hills": PointSet(Text("Hills"), Text("Regression: hills and hollows of numbers between -1 and 1."), 0),
    OWN: PointSet(Text("Your own"), Text("The points that you set by mouse, finger or keyboard."), 2),
}


@dataclass(frozen=True, slots=True)
class Feature:
    """A number that the network reads of each point."""

    title: str


FEATURES: dict[str, Feature] = {
    "x": Feature("x"),
    "y": Feature("y"),
    "xx": Feature("x²"),
    "yy": Feature("y²"),
    "xy": Feature("xy"),
    "sinx": Feature("sin x"),
    "siny": Feature("sin y"),
}
