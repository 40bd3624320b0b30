"""Brings in pictures of a visitor's own: in a process that may take so much time and memory, watched from here. One at
a time; others wait for their turn. No torch."""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from engine.catalogue.names import MAX_NAME
from engine.catalogue.params import SpecError
from engine.data.own import (
    ABOUT,
    INDEX,
    KEPT,
    Own,
    check_room,
    delete_own,
    folder_of,
    is_of,
    new_name,
    own_set,
    own_sets,
    pictures_folder,
    title_from,
)
from engine.data.preparing import Wanted
from engine.data.relabel import Corrections, correct, undo_last
from engine.text import Text, text_from_json

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0  # s without news
LONGEST = 600.0  # s in all
RESTARTS = 5  # after pictures that end the process
_turn = threading.Lock()


@dataclass(slots=True)
class Importing:
    """How far an import is: `done` of so many pictures; `name` is the data set once it is there, `refusal` why there is
    none."""

    done: int = 0
    of: int = 0
    name: str = ""
    refusal: Text | None = None
    at: int = field(default=-1, repr=False)

    @property
    def is_over(self) -> bool:
        return bool(self.name or self.refusal)


def bring_in(source: Path, wanted: Wanted, owner: str, news: Importing | None = None) -> str:
    """Make a data set of `owner`'s own from a zip archive or a folder; its name. `news` follows how far it is. Raises
    SpecError."""
    check_room(owner)
    wanted.check()
    wanted = replace(wanted, title=_fresh_title(wanted.title, owner))
    return _made(source, wanted, owner, new_name(owner), news or Importing())


def _fresh_title(title: str, owner: str) -> str:
    """The title, with a number where the owner has one like it."""
    known = {str(own.row.title) for own in own_sets(owner)}
    numbered = (f"{title_from(title)[: MAX_NAME - 5]} ({number})" for number in itertools.count(2))
    return title if title not in known else next(one for one in numbered if one not in known)


def prepare_again(name: str, wanted: Wanted, owner: str, news: Importing | None = None) -> str:
    """Make the pictures of an own data set anew in another size or way, in a new data set that takes its place; its
    name. Raises SpecError."""
    _owned(name, owner)
    return _instead(name, wanted, owner, news)


def correct_labels(name: str, corrections: Corrections | None, owner: str, news: Importing | None = None) -> str:
    """Give pictures of an own data set other classes, or leave them out, in a new data set that takes its place; its
    name. None takes back what was corrected last. Raises SpecError."""
    row = _owned(name, owner).row
    wanted = Wanted(str(row.title), row.shape[0] > 1, row.shape[-1], row.way)

    def change(folder: Path) -> None:
        if corrections is None:
            undo_last(folder)
        else:
            correct(folder, row.reads.classes, corrections)

    return _instead(name, wanted, owner, news, change)


def _owned(name: str, owner: str) -> Own:
    """Raises SpecError where it is not the owner's, or not here any more."""
    if not is_of(owner, name):
        raise SpecError(Text("These pictures are not yours."), Text("Choose one of your own data sets."))
    return own_set(name)


def _instead(
    name: str, wanted: Wanted, owner: str, news: Importing | None, change: Callable[[Path], None] | None = None
) -> str:
    """A new data set in the place of an own one, made of the pictures kept there after a `change` of its index."""
    wanted.check()
    made = _made(None, wanted, owner, new_name(owner), news or Importing(), folder_of(name), change)
    delete_own(owner, name)
    return made


def _made(
    source: Path | None,
    wanted: Wanted,
    owner: str,
    name: str,
    news: Importing,
    before: Path | None = None,
    change: Callable[[Path], None] | None = None,
) -> str:
    folder = pictures_folder() / f".{name}"
    with _turn:
        try:
            if before:
                folder.mkdir(parents=True)
                for file in (KEPT, INDEX, ABOUT):
                    shutil.copyfile(before / file, folder / file)
            if change:
                change(folder)
            _run(source, folder, wanted, owner, news)
            folder.rename(folder_of(name))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    news.name = name
    return name


def _run(source: Path | None, folder: Path, wanted: Wanted, owner: str, news: Importing) -> None:
    """Run the process; again without the picture that ended it, a few times."""
    skipped: list[int] = []
    while True:
        news.at = -1
        asked = {"source": str(source) if source else "", "folder": str(folder), "wanted": asdict(wanted)}
        ended = _once(asked | {"owner": owner, "skipped": skipped}, news)
        if ended:
            return
        if news.at < 0 or news.at in skipped or len(skipped) >= RESTARTS:
            what = Text("These pictures take too much to open.")
            raise SpecError(what, Text("Send fewer, or smaller ones."))
        skipped.append(news.at)


def _once(asked: dict[str, Any], news: Importing) -> bool:
    """Whether the process came to its end. Raises SpecError where it refused."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH")) if p)
    command, environment = [sys.executable, "-m", "engine.data.preparing"], {**os.environ, "PYTHONPATH": path}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, **pipes) as process, _Impatience(process) as impatience:
        assert process.stdin and process.stdout
        with contextlib.suppress(OSError):
            process.stdin.write(json.dumps(asked).encode())
            process.stdin.close()
        for line in process.stdout:
            impatience.heard()
            told = json.loads(line)
            if "made" in told:
                return True
            if "what" in told:
                raise SpecError(text_from_json(told["what"]), text_from_json(told["cure"]))
            news.done, news.of = told.get("done", news.done), told.get("of", news.of)
            news.at = told.get("at", news.at)
    return False


class _Impatience:
    """Ends a process that says nothing for too long, or goes on for too long in all; and at the end of its `with`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process, self._news, self._over = process, threading.Event(), False

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, name="pictures are brought in", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._news.set()
        self._process.kill()

    def heard(self) -> None:
        self._news.set()

    def _watch(self) -> None:
        latest = time.monotonic() + LONGEST
        while not self._over:
            if not self._news.wait(PATIENCE) or time.monotonic() > latest:
                self._process.kill()
                return
            self._news.clear()
