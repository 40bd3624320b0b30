"""A run's curves as the event file that TensorBoard reads. Imports no torch itself."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

VERSION = "brain.Event:2"  # of the format, its first event
MOST_POINTS = 2000  # of a curve; TensorBoard itself draws 1,000
TRAINING = {"loss": "loss/training", "accuracy": "accuracy/training", "lr": "learning_rate"}
VALIDATION = {"loss": "loss/validation", "accuracy": "accuracy/validation"}
TEST = {"test_loss": "loss/test", "test_accuracy": "accuracy/test"}
Point = tuple[int, str, float]  # the step, the name of a curve, its value


def event_file(history: Mapping[str, Any], begun: float) -> bytes:
    """The whole file of a classifier's run from its history, as the service sends it; `begun` in seconds since 1970.
    Accuracies go from 0 to 1."""
    from tensorboardX import RecordWriter
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "events")
        writer = RecordWriter(str(path))
        writer.write(Event(wall_time=begun, file_version=VERSION).SerializeToString())
        for step, name, value in points(history):
            summary = Summary(value=[Summary.Value(tag=name, simple_value=value)])
            writer.write(Event(wall_time=begun, step=step, summary=summary).SerializeToString())
        writer.close()
        return path.read_bytes()


def points(history: Mapping[str, Any]) -> Iterator[Point]:
    """The curves, in the order of the steps; of long ones every few steps. What is no number is left out."""
    steps = history.get("steps") or {}
    counted = steps.get("step", ())
    places = range(0, len(counted), -(-len(counted) // MOST_POINTS) or 1)
    found = [(counted[i], name, steps[of][i]) for of, name in TRAINING.items() if of in steps for i in places]
    for event in history["events"]:
        named = {"evaluated": VALIDATION, "finished": TEST}.get(event["event"], {})
        found += [(event["step"], name, event[of]) for of, name in named.items()]
    yield from sorted((step, name, value) for step, name, value in found if value is not None)
