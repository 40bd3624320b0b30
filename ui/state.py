"""What one visitor has on the table. The only module that touches `st.session_state`; pages use the typed Session."""

import uuid
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, cast

import streamlit as st

from engine.catalogue.params import Value
from engine.gan.config import GanConfig, GanSpec
from engine.gan.recipes import DEFAULT, RECIPES
from engine.network.spec import NetworkSpec
from engine.plane.config import PlaneGan
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS
from ui.api.identity import OWNER_COOKIE, SOUND_OWNER
from ui.history import History

MAX_REMEMBERED = 1000
START = "quick"
START_GAN = RECIPES[DEFAULT].gan
START_PLANE = PlaneGan()
PARTS_OF_GAN = ("generator", "discriminator")

_KEY = "playground"
Work = tuple[NetworkSpec, TrainConfig, GanSpec]
# What each visitor worked on last, so that reloading the page keeps it.
_remembered: OrderedDict[str, Work] = OrderedDict()
_remembering = Lock()


@dataclass(slots=True)
class Session:
    """One visitor's networks and settings with their history; lives as long as the browser tab is connected.

    `network` with `config` is the classifier, `gan` the two networks of a GAN with their settings; `part`, a role, says
    which of them the Build page shows. `run_id`, `gan_run_id`, `plane_run_id`, `study_run_id` are the runs looked at,
    `pad_model` is what reads the drawings ("demo" or a run), `notice` a sentence to show until the next change,
    `link_opened` the shared link that was read last, `part_asked` the part that the address named last. `moves` counts
    what changed the network other than by typing.
    """

    network: NetworkSpec
    config: TrainConfig
    gan: GanSpec = START_GAN
    part: str = "classifier"
    run_id: str | None = None
    gan_run_id: str | None = None
    plane_run_id: str | None = None
    study_run_id: str | None = None
    plane: PlaneGan = START_PLANE
    pad_model: str = "demo"
    notice: str = ""
    link_opened: str = ""
    part_asked: str = ""
    moves: int = 0
    visitor: str = field(default_factory=lambda: uuid.uuid4().hex)
    seeds: dict[str, Any] = field(default_factory=dict)
    _classifiers: History[NetworkSpec, TrainConfig] = field(default_factory=History)
    _gans: History[GanSpec, GanConfig] = field(default_factory=History)

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
            self._put_gan(replace(self.gan, **changes), None)
        else:
            self._put(network, None)

    def edit_config(self, config: TrainConfig) -> None:
        """Change the training settings; these are not part of undo, which is about the network."""
        if config != self.config:
            self.config = config
            self._remember()

    def load(self, network: NetworkSpec, config: TrainConfig) -> None:
        """Put another classifier and its settings on the table, as one move that undo takes back."""
        self.moves += 1
        self._put(network, config)

    def load_gan(self, gan: GanSpec) -> None:
        """Put another GAN on the table, networks and settings, as one move that undo takes back."""
        self.moves += 1
        self._put_gan(gan, gan.config)

    def edit_gan_config(self, config: GanConfig) -> None:
        """Change the settings of the GAN; these are not part of undo, which is about the networks."""
        if config != self.gan.config:
            self.gan = replace(self.gan, config=config)
            self._remember()

    def undo(self) -> None:
        self._walk(back=True)

    def redo(self) -> None:
        self._walk(back=False)

    def _history(self) -> History[NetworkSpec, TrainConfig] | History[GanSpec, GanConfig]:
        return self._classifiers if self.part == "classifier" else self._gans

    def _put(self, network: NetworkSpec, config: TrainConfig | None) -> None:
        self.notice = ""
        if self._classifiers.put((self.network, self.config), network, config):
            self.network, self.config = network, config or self.config
            self._remember()

    def _put_gan(self, gan: GanSpec, config: GanConfig | None) -> None:
        self.notice = ""
        if self._gans.put((self.gan, self.gan.config), gan, config):
            self.gan = gan
            self._remember()

    def _walk(self, back: bool) -> None:
        """Take the last move back, or make it again; the part that it changed is shown."""
        self.notice = ""
        self.moves += 1
        if self.part == "classifier":
            self.network, self.config = self._classifiers.walk((self.network, self.config), back)
        else:
            before = self.gan
            gan, config = self._gans.walk((before, before.config), back)
            self.gan = replace(gan, config=config)
            changed = [role for role in PARTS_OF_GAN if getattr(gan, role) != getattr(before, role)]
            if changed and self.part not in changed:
                self.part = changed[0]
        self._remember()

    def _remember(self) -> None:
        with _remembering:
            _remembered[self.visitor] = (self.network, self.config, self.gan)
            _remembered.move_to_end(self.visitor)
            while len(_remembered) > MAX_REMEMBERED:
                _remembered.popitem(last=False)


def session() -> Session:
    """The visitor's Session, made at the first call: what they had before a reload, or the preset to start with."""
    if _KEY not in st.session_state:
        visitor = _cookie() or uuid.uuid4().hex
        preset = PRESETS[START]
        work = _remembered.get(visitor, (preset.network, preset.config, START_GAN))
        st.session_state[_KEY] = Session(*work, visitor=visitor)
    return cast(Session, st.session_state[_KEY])


def owner() -> str:
    """Who this visitor is to the runs: the value of their cookie, or one of this session where there is none."""
    return _cookie() or session().visitor


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


def entered(key: str) -> Any:
    """What the visitor entered in the widget `key`: for callbacks, which run before the page."""
    return st.session_state.get(key)


def enter(key: str, value: Value) -> None:
    """Write into the widget `key`: for callbacks, before the page draws it."""
    st.session_state[key] = value
