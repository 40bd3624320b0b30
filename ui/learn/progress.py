"""How far a visitor is in each lesson: kept on their shelf, so that it outlives the tab and the server."""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from engine.runs.store.shelf import Shelf

PLACE, KIND = "lessons", "lessons"
MOST = 200  # lessons and steps that are remembered


@dataclass(slots=True)
class Progress:
    """In one lesson: when it was `began`, in seconds since 1970, the `step` shown, which are `done`, what was answered
    and how many hints were asked for, by the number of the step."""

    began: float = field(default_factory=time.time)
    step: int = 0
    done: list[int] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)


def read_progress(shelf: Shelf | None, owner: str) -> dict[str, Progress]:
    """By the lesson's key; what cannot be read begins anew."""
    kept = shelf.get(owner, PLACE) if shelf else None
    with suppress(ValueError, TypeError, AttributeError, KeyError):
        told = json.loads(kept.content) if kept else {}
        return {str(key): _progress(one) for key, one in told.items()}
    return {}


def write_progress(shelf: Shelf | None, owner: str, progress: dict[str, Progress]) -> None:
    if shelf:
        newest = dict(list(progress.items())[-MOST:])
        shelf.put(owner, PLACE, KIND, json.dumps({key: asdict(one) for key, one in newest.items()}))


def _progress(told: dict[str, object]) -> Progress:
    answers, hints, done = told["answers"], told["hints"], told["done"]
    if not (isinstance(answers, dict) and isinstance(hints, dict) and isinstance(done, list)):
        raise TypeError
    return Progress(
        float(str(told["began"])),
        int(str(told["step"])),
        [int(one) for one in done][:MOST],
        {str(step): str(answer)[:MOST] for step, answer in answers.items()},
        {str(step): int(count) for step, count in hints.items()},
    )
