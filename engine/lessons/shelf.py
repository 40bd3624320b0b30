"""The lessons there are: those that come with the playground, then those of a folder of the teacher's own."""

import functools
import os
from dataclasses import dataclass
from pathlib import Path

from engine.catalogue.params import SpecError
from engine.files import ASSETS
from engine.lessons.lesson import Lesson
from engine.lessons.read import lesson_from_text
from engine.text import Text

FOLDER = "PLAYGROUND_LESSONS"
MOST_LESSONS = 100


@dataclass(frozen=True, slots=True)
class Lessons:
    """Lessons by the names of their files, in that order; and what is wrong with files that are none."""

    there: dict[str, Lesson]
    broken: dict[str, Text]


@functools.cache
def lessons() -> Lessons:
    """All lessons, read once."""
    own = os.environ.get(FOLDER, "")
    folders = [ASSETS / "lessons", *([Path(own)] if own else [])]
    there: dict[str, Lesson] = {}
    broken: dict[str, Text] = {}
    for path in [path for folder in folders for path in sorted(folder.glob("*.md"))][:MOST_LESSONS]:
        try:
            there[path.stem] = lesson_from_text(path.read_text(encoding="utf-8"))
        except SpecError as error:
            broken[path.name] = error.text
        except (OSError, UnicodeDecodeError):
            broken[path.name] = Text("It cannot be read as a text in UTF-8.")
    return Lessons(there, broken)
