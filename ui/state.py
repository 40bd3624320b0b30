"""What one visitor has on the table. The only module that touches `st.session_state`; pages use the typed Session."""

import math
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, cast

import streamlit as st
from streamlit.errors import StreamlitAPIException

from engine.catalogue.params import Value
from engine.gan.config import GanConfig, GanSpec
from engine.network.spec import NetworkSpec
from engine.plane.config import PlaneGan
from engine.points.config import PointsSpec
from engine.runs.store.shelf import Kept, Shelf
from engine.text import Text
from engine.training.config import TrainConfig
from ui.api.requests import OWNER_COOKIE, SOUND_OWNER, network_of
from ui.backend import service
from ui.build.card_ids import CardIds
from ui.shelf import (
    START_GAN,
    Draft,
    UndoHistory,
    is_named,
    is_own,
    is_own_gan,
    place_of,
    put_work,
    read_draft,
    write_draft,
)

START_PLANE, START_POINTS = PlaneGan(), PointsSpec()
PRESS_SECONDS = 10.0  # after which a press is forgotten that no page has asked for
PARTS_OF_GAN = ("generator", "discriminator")

_KEY = "playground"


@dataclass(slots=True)
class Session:
    """One visitor's networks and settings with their history; lives as long as the browser tab is connected.

    `network` with `config` is the classifier, `gan` the two networks of a GAN with their settings; `part`, a role, says
    which of them the Build page shows; `plane` and `points` are what stands on the pages of these names. `run_id`,
    `gan_run_id`, `plane_run_id`, `points_run_id`, `study_run_id`, `search_run_id` are the runs looked at,
    `pad_model` is what reads the drawings ("demo" or a run), `notice` a sentence to show until the next change,
    `opened` what was opened by a link or from a file, until then, too, `guesses` what was said before studies and
    comparisons came out, by their runs, `deleted` the run that was deleted last, with its name, `compared` the runs
    that are put side by side and `compared_address` as the address named them last, `link_opened` the shared link
    that was read last, `part_asked` the part and `inside_asked` the model that the address named last. `lesson` is
    the one that the visitor is at, `lesson_alone` whether pages that it does not need are hidden meanwhile,
    `own_lesson` the text of one that was pasted. `presses` are the buttons that were pressed and when, on the clock,
    until they are obeyed.
    `begin_with` names the run with whose weights the next one begins, empty for random ones, and `frozen` counts its
    first layers that keep them.
    `moves` counts what changed the network other than by typing. `cards` numbers the cards of the Build page; by these
    numbers `folds` says which blocks the visitor folded or unfolded, `card_open` which card of a long list shows its
    fields, `card_full` which shows all of its settings, and `turned` which was opened or folded last, whether folded,
    and a count.

    All of the table is kept on `shelf` as a draft, so that it outlives the tab and the server. What is the visitor's
    own stands there, too, once it has a name of its own, was trained, or was replaced: at `kept` and `gan_kept`, where
    it follows what the visitor does to it. `removed` is what was taken from the shelf last, `discarded` what is still
    on the table of it; `removed_block` the block that was.
    """

    network: NetworkSpec
    config: TrainConfig
    gan: GanSpec = START_GAN
    kept: str = ""
    gan_kept: str = ""
    part: str = "classifier"
    run_id: str | None = None
    gan_run_id: str | None = None
    plane_run_id: str | None = None
    study_run_id: str | None = None
    search_run_id: str | None = None
    plane: PlaneGan = START_PLANE
    points_run_id: str | None = None
    points: PointsSpec = START_POINTS
    pad_model: str = "demo"
    notice: Text | None = None
    opened: Text | None = None
    guesses: dict[str, str] = field(default_factory=dict)
    compared: tuple[str, ...] = ()
    compared_address: str = ""
    deleted: tuple[str, str] | None = None
    link_opened: str = ""
    part_asked: str = ""
    inside_asked: str = ""
    lesson: str = ""
    lesson_alone: bool = False
    own_lesson: str = ""
    begin_with: str = ""
    frozen: int = 0
    moves: int = 0
    visitor: str = field(default_factory=lambda: uuid.uuid4().hex)
    seeds: dict[str, Any] = field(default_factory=dict)
    presses: dict[str, float] = field(default_factory=dict)
    cards: CardIds = field(default_factory=CardIds)
    folds: dict[int, bool] = field(default_factory=dict)
    card_open: int = 0
    card_full: int = -1
    turned: tuple[int, bool, int] = (0, False, 0)
    shelf: Shelf | None = None
    removed: Kept | None = None
    removed_block: Kept | None = None
    discarded: NetworkSpec | GanSpec | None = None
    _classifiers: UndoHistory[NetworkSpec, tuple[TrainConfig, str]] = field(default_factory=UndoHistory)
    _gans: UndoHistory[GanSpec, tuple[GanConfig, str]] = field(default_factory=UndoHistory)

    @property
    def shown(self) -> NetworkSpec:
        """The network that the Build page shows."""
        match self.part:
            case "generator":
                return self.gan.generator
            case "discriminator":
                return self.gan.discriminator
            case _:
                return self.network

    @property
    def can_undo(self) -> bool:
        return self._history().can_undo

    @property
    def can_redo(self) -> bool:
        return self._history().can_redo

    def edit(self, network: NetworkSpec, *, typed: bool = False) -> None:
        """Put `network` on the table, in the place of its role; undo brings the one before back. Say where it was
        `typed` into the fields of the one before."""
        self.moves += not typed
        if network.role != "classifier":
            changes: dict[str, Any] = {network.role: network}
            self._put_gan(replace(self.gan, **changes))
        else:
            self._put(network)

    def edit_config(self, config: TrainConfig) -> None:
        """Change the training settings; these are not part of undo, which is about the network."""
        if config != self.config:
            self.config = config
            self._follow()

    def load(self, network: NetworkSpec, config: TrainConfig) -> None:
        """Put another classifier and its settings on the table, as one move that undo takes back. One of the visitor's
        own that it replaces is kept."""
        self.moves += 1
        self.keep()
        place = place_of(self.shelf, self.visitor, (network, config)) if self.shelf else ""
        self._put(network, (config, place))

    def load_gan(self, gan: GanSpec) -> None:
        """Put another GAN on the table, networks and settings, as one move that undo takes back. One of the visitor's
        own that it replaces is kept."""
        self.moves += 1
        self.keep_gan()
        place = place_of(self.shelf, self.visitor, gan) if self.shelf else ""
        self._put_gan(gan, (gan.config, place))

    def keep(self) -> None:
        """Put the classifier on the shelf where it is the visitor's own; it is not lost then when another replaces
        it."""
        if self.shelf and is_own(self.network) and self.network != self.discarded:
            place = put_work(self.shelf, self.visitor, self.kept, (self.network, self.config))
            self._stands_at(place, self.gan_kept)

    def keep_gan(self) -> None:
        """The same for the GAN."""
        if self.shelf and is_own_gan(self.gan) and self.gan != self.discarded:
            self._stands_at(self.kept, put_work(self.shelf, self.visitor, self.gan_kept, self.gan))

    def _stands_at(self, kept: str, gan_kept: str) -> None:
        if (kept, gan_kept) != (self.kept, self.gan_kept):
            self.kept, self.gan_kept = kept, gan_kept
            self.remember()

    def edit_gan_config(self, config: GanConfig) -> None:
        """Change the settings of the GAN; these are not part of undo, which is about the networks."""
        if config != self.gan.config:
            self.gan = replace(self.gan, config=config)
            self._follow()

    def undo(self) -> None:
        self._walk(back=True)

    def redo(self) -> None:
        self._walk(back=False)

    def _history(
        self,
    ) -> UndoHistory[NetworkSpec, tuple[TrainConfig, str]] | UndoHistory[GanSpec, tuple[GanConfig, str]]:
        return self._classifiers if self.part == "classifier" else self._gans

    def _put(self, network: NetworkSpec, settings: tuple[TrainConfig, str] | None = None) -> None:
        self.notice = self.opened = None
        now = self.config, self.kept
        if self._classifiers.put((self.network, now), network, settings):
            self.network, (self.config, self.kept) = network, settings or now
            self._follow()

    def _put_gan(self, gan: GanSpec, settings: tuple[GanConfig, str] | None = None) -> None:
        self.notice = self.opened = None
        now = self.gan.config, self.gan_kept
        if self._gans.put((self.gan, now), gan, settings):
            self.gan, (_, self.gan_kept) = gan, settings or now
            self._follow()

    def _walk(self, back: bool) -> None:
        """Take the last move back, or make it again; the part that it changed is shown."""
        self.notice = self.opened = None
        self.moves += 1
        if self.part == "classifier":
            now = self.network, (self.config, self.kept)
            self.network, (self.config, self.kept) = self._classifiers.walk(now, back)
        else:
            before = self.gan
            gan, (config, self.gan_kept) = self._gans.walk((before, (before.config, self.gan_kept)), back)
            self.gan = replace(gan, config=config)
            changed = [role for role in PARTS_OF_GAN if getattr(gan, role) != getattr(before, role)]
            if changed and self.part not in changed:
                self.part = changed[0]
        self._follow()

    def _follow(self) -> None:
        """Let the shelf follow what became of the table, unless that is a preset again."""
        self.kept = self.kept if is_own(self.network) else ""
        self.gan_kept = self.gan_kept if is_own_gan(self.gan) else ""
        if self.kept or is_named(self.network):
            self.keep()
        if self.gan_kept:
            self.keep_gan()
        self.remember()

    def remember(self) -> None:
        """Keep the table as the visitor's draft."""
        if self.shelf:
            draft = Draft(self.network, self.config, self.gan, self.kept, self.gan_kept)
            write_draft(self.shelf, self.visitor, draft)


def session() -> Session:
    """The visitor's Session, made at the first call: with what they worked on last, or the preset to start with."""
    if _KEY not in st.session_state:
        visitor = _cookie() or uuid.uuid4().hex
        shelf = service().shelf
        draft = read_draft(shelf, visitor)
        st.session_state[_KEY] = Session(
            draft.network, draft.config, draft.gan, draft.kept, draft.gan_kept, visitor=visitor, shelf=shelf
        )
    return cast(Session, st.session_state[_KEY])


def owner() -> str:
    """Who this visitor is to the runs: the value of their cookie, or one of this session where there is none."""
    return _cookie() or session().visitor


def start_run(job: Any, paused: bool = False) -> str:
    """Start a run of this visitor; its id. Raises SpecError."""
    return service().start(job, owner(), paused, network_of(st.context.ip_address))


def resume_run(run_id: str) -> None:
    """Continue a run of this visitor whose server ended first. Raises as `RunService.resume` does."""
    service().resume(run_id, owner(), network_of(st.context.ip_address))


def _cookie() -> str | None:
    name = st.context.cookies.get(OWNER_COOKIE)
    return name if isinstance(name, str) and SOUND_OWNER.fullmatch(name) else None


def seed(key: str, value: Value) -> None:
    """Make the widget `key`, about to be drawn, show `value`, unless the visitor has changed it since it last did.

    Call `settle` with what the widget returned: an entry that was taken over is then not written back over a newer one.
    """
    known = session().seeds
    if key not in st.session_state or key not in known or known[key] != value:
        st.session_state[key] = value
    known[key] = value


def settle(key: str, value: Value) -> None:
    session().seeds[key] = value


def settled(key: str) -> Value | None:
    """What the widget `key` last returned, also where it is not shown."""
    return session().seeds.get(key)


def draw_again() -> NoReturn:
    """Run this part of the page again, or all of it where the message that came asked for all: a browser asks for the
    part whose button was pressed, a forged message for what it likes."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def entered(key: str) -> Any:
    """What the visitor entered in the widget `key`: for callbacks, which run before the page."""
    return st.session_state.get(key)


def noted(key: str) -> dict[str, Any]:
    """What makes `was_pressed` tell of the button `key`, even if this drawing of the page is cut off before it asks, as
    it is where the browser wants another one meanwhile; what a button returns would be lost then."""
    return {"key": key, "on_click": press, "args": (key,)}


def press(key: str) -> None:
    """Callback of a button that is `noted`."""
    session().presses[key] = time.monotonic()


def was_pressed(key: str) -> bool:
    """Whether the button `key` was pressed since this was asked last: a press is told once, and soon or never."""
    return _is_new(session().presses.pop(key, -math.inf))


def pressed_among(prefix: str) -> bool:
    """Whether one of the buttons whose keys begin so was pressed, and is still to be told."""
    return any(key.startswith(prefix) and _is_new(pressed) for key, pressed in session().presses.items())


def _is_new(pressed: float) -> bool:
    return time.monotonic() - pressed < PRESS_SECONDS


def enter(key: str, value: object) -> None:
    """Write into the widget `key`: for callbacks, before the page draws it."""
    st.session_state[key] = value
