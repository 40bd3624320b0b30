"""What a visitor builds, as it is kept in the store: the draft on their table, and what is their own on a shelf. And
what undo and redo go back to."""

import functools
import json
import re
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from engine.catalogue.params import SpecError
from engine.data.sets import like
from engine.export.formats import Work, recipe_from_json, recipe_to_json, work_from_json
from engine.gan.config import GAN_CODEC, GanSpec, networks
from engine.gan.recipes import DEFAULT, RECIPES
from engine.network.spec import NetworkSpec, parse_json
from engine.runs.store.shelf import DRAFT, Kept, Shelf
from engine.training.architectures import ALL_PRESETS
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS

START = "quick"
START_GAN = RECIPES[DEFAULT].gan
CLASSIFIER, GAN = "classifier", "gan"
PLACE = re.compile("[0-9a-f]{32}")
MAX_UNDO = 100
Read = TypeVar("Read")
Thing = TypeVar("Thing")
Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class Draft:
    """What lies on a visitor's table: a classifier with its training, and a GAN; `kept` and `gan_kept` are where on
    the shelf they stand, empty where they do not."""

    network: NetworkSpec
    config: TrainConfig
    gan: GanSpec
    kept: str = ""
    gan_kept: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """Something of the visitor's own on the shelf, last changed at `saved`."""

    id: str
    saved: float
    work: Work

    @property
    def name(self) -> str:
        return _name(self.work)


def beginning() -> Draft:
    """What a newcomer finds."""
    preset = PRESETS[START]
    return Draft(preset.network, preset.config, START_GAN)


def is_own(network: NetworkSpec) -> bool:
    """Whether it is more than nothing and none of the presets."""
    return bool(network.layers) and all(like(preset.network, network) != network for preset in ALL_PRESETS.values())


def is_own_gan(gan: GanSpec) -> bool:
    """Whether it has networks other than every recipe."""
    built = networks(gan)
    return all(network.layers for network in built.values()) and all(
        networks(recipe.gan) != built for recipe in RECIPES.values()
    )


def is_named(network: NetworkSpec) -> bool:
    """Whether it has a name that no preset has."""
    return network.name not in {"", *(preset.network.name for preset in ALL_PRESETS.values())}


def read_draft(shelf: Shelf, owner: str) -> Draft:
    """What the owner worked on last; of what cannot be read any more, what a newcomer finds."""
    kept, start = shelf.get(owner, DRAFT), beginning()
    data = _read(parse_json, kept.content) if kept else None
    if not isinstance(data, dict):
        return start
    recipe = _read(recipe_from_json, {name: data.get(name) for name in ("network", "training")})
    gan = _read(GAN_CODEC.from_json, data.get("gan"))
    network, config = recipe if recipe and recipe[0].role == CLASSIFIER else (start.network, start.config)
    places = [data.get(name) for name in ("kept", "gan_kept")]
    return Draft(
        network,
        config,
        gan if gan and _has_its_roles(gan) else start.gan,
        *(place if isinstance(place, str) and PLACE.fullmatch(place) else "" for place in places),
    )


def write_draft(shelf: Shelf, owner: str, draft: Draft) -> None:
    data = recipe_to_json(draft.network, draft.config) | {"gan": GAN_CODEC.to_json(draft.gan)}
    shelf.put(owner, DRAFT, DRAFT, json.dumps(data | {"kept": draft.kept, "gan_kept": draft.gan_kept}))


def own_works(shelf: Shelf, owner: str, kind: str) -> list[Own]:
    """All that the owner has on the shelf, the newest first; without what cannot be read any more."""
    found = ((kept, _work(kind, kept.content)) for kept in shelf.all(owner, kind))
    return [Own(kept.id, kept.saved, work) for kept, work in found if work]


def own_work(shelf: Shelf, owner: str, work_id: str) -> Work | None:
    kept = shelf.get(owner, work_id)
    return _work(kept.kind, kept.content) if kept else None


def name_of(kept: Kept) -> str:
    """The name of what is kept; empty where it cannot be read any more."""
    work = _work(kept.kind, kept.content)
    return _name(work) if work else ""


def place_of(shelf: Shelf, owner: str, work: Work) -> str:
    """Where the same networks stand on the shelf; empty where they do not."""
    same = (own.id for own in own_works(shelf, owner, _kind(work)) if _networks(own.work) == _networks(work))
    return next(same, "")


def put_work(shelf: Shelf, owner: str, place: str, work: Work) -> str:
    """Keep `work` at `place`, or where the same networks stand, or in a new place; which one it was."""
    place = place or place_of(shelf, owner, work) or uuid.uuid4().hex
    data = GAN_CODEC.to_json(work) if isinstance(work, GanSpec) else recipe_to_json(*work)
    content, kept = json.dumps(data), shelf.get(owner, place)
    if kept is None or kept.content != content:
        shelf.put(owner, place, _kind(work), content)
    return place


@functools.lru_cache(maxsize=2000)
def _work(kind: str, content: str) -> Work | None:
    work = _read(work_from_json, content)
    if work is None or _kind(work) != kind:
        return None
    return work if (_has_its_roles(work) if isinstance(work, GanSpec) else work[0].role == CLASSIFIER) else None


def _name(work: Work) -> str:
    return work.name if isinstance(work, GanSpec) else work[0].name


def _kind(work: Work) -> str:
    return GAN if isinstance(work, GanSpec) else CLASSIFIER


def _networks(work: Work) -> object:
    return networks(work) if isinstance(work, GanSpec) else work[0]


def _has_its_roles(gan: GanSpec) -> bool:
    return all(network.role == role for role, network in networks(gan).items())


def _read(read: Callable[[Any], Read], data: object) -> Read | None:
    with suppress(SpecError):
        return read(data)
    return None


@dataclass(slots=True)
class UndoHistory(Generic[Thing, Settings]):
    """Things to go back to; each with its settings where these were replaced in the same move."""

    _past: deque[tuple[Thing, Settings | None]] = field(default_factory=lambda: deque(maxlen=MAX_UNDO))
    _future: list[tuple[Thing, Settings | None]] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def put(self, now: tuple[Thing, Settings], thing: Thing, settings: Settings | None) -> bool:
        """Note the move from `now` to `thing`, and to `settings` where given; False when it changes nothing."""
        if thing == now[0] and settings in (None, now[1]):
            return False
        self._past.append((now[0], None if settings is None else now[1]))
        self._future.clear()
        return True

    def walk(self, now: tuple[Thing, Settings], back: bool) -> tuple[Thing, Settings]:
        """What lies on the table after one move back, or one forward; `now` when there is none."""
        source, target = (self._past, self._future) if back else (self._future, self._past)
        if not source:
            return now
        thing, settings = source.pop()
        target.append((now[0], None if settings is None else now[1]))
        return thing, now[1] if settings is None else settings
