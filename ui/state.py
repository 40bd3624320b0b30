"""What one visitor has on the table. The only module that touches `st.session_state`; pages use the typed Session."""

import uuid
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, cast

import streamlit as st

from engine.config import TrainConfig
from engine.network import NetworkSpec
from engine.params import Value
from engine.presets import PRESETS
from ui.identity import OWNER_COOKIE, SOUND_OWNER

MAX_UNDO = 100
MAX_REMEMBERED = 1000
START = "quick"

_KEY = "playground"
# The last network and settings of each visitor, so that reloading the page keeps the work.
_remembered: OrderedDict[str, tuple[NetworkSpec, TrainConfig]] = OrderedDict()
_remembering = Lock()


@dataclass(slots=True)
class Session:
    """One visitor's network and settings with their history; lives as long as the browser tab is connected.

    `run_id` is the run looked at, `pad_model` what reads the drawings ("demo" or a run), `notice` a sentence to show
    until the next change, `link_opened` the shared link that was read last.
    """

    network: NetworkSpec
    config: TrainConfig
    run_id: str | None = None
    pad_model: str = "demo"
    notice: str = ""
    link_opened: str = ""
    visitor: str = field(default_factory=lambda: uuid.uuid4().hex)
    seeds: dict[str, Any] = field(default_factory=dict)
    # A network to go back to; with its settings where they were replaced in the same move.
    _past: deque[tuple[NetworkSpec, TrainConfig | None]] = field(default_factory=lambda: deque(maxlen=MAX_UNDO))
    _future: list[tuple[NetworkSpec, TrainConfig | None]] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def edit(self, network: NetworkSpec) -> None:
        """Put `network` on the table; undo brings the one before back."""
        self.notice = ""
        if network != self.network:
            self._past.append((self.network, None))
            self._future.clear()
            self.network = network
            self._remember()

    def edit_config(self, config: TrainConfig) -> None:
        """Change the training settings; these are not part of undo, which is about the network."""
        if config != self.config:
            self.config = config
            self._remember()

    def load(self, network: NetworkSpec, config: TrainConfig) -> None:
        """Put another network and its settings on the table, as one move that undo takes back."""
        self.notice = ""
        if (network, config) != (self.network, self.config):
            self._past.append((self.network, self.config))
            self._future.clear()
            self.network, self.config = network, config
            self._remember()

    def undo(self) -> None:
        if self._past:
            self._future.append(self._swap(self._past.pop()))

    def redo(self) -> None:
        if self._future:
            self._past.append(self._swap(self._future.pop()))

    def _swap(self, other: tuple[NetworkSpec, TrainConfig | None]) -> tuple[NetworkSpec, TrainConfig | None]:
        """Bring `other` on the table; return what lay there, in the same form."""
        network, config = other
        left = (self.network, None if config is None else self.config)
        self.network = network
        if config is not None:
            self.config = config
        self.notice = ""
        self._remember()
        return left

    def _remember(self) -> None:
        with _remembering:
            _remembered[self.visitor] = (self.network, self.config)
            _remembered.move_to_end(self.visitor)
            while len(_remembered) > MAX_REMEMBERED:
                _remembered.popitem(last=False)


def session() -> Session:
    """The visitor's Session, made at the first call: what they had before a reload, or the preset to start with."""
    if _KEY not in st.session_state:
        visitor = _cookie() or uuid.uuid4().hex
        preset = PRESETS[START]
        network, config = _remembered.get(visitor, (preset.network, preset.config))
        st.session_state[_KEY] = Session(network, config, visitor=visitor)
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
