"""A search for settings as plain data: which settings it varies, how far, and what one trial trains with. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.catalogue.codec import Codec, Part
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Param, SpecError, Value, integer
from engine.network.spec import NETWORK, NetworkSpec
from engine.text import Text
from engine.training.config import TRAIN_CODEC, TrainConfig
from engine.training.presets import optimizer, schedule

DROPOUTS = ("Dropout", "Dropout2d")
VALIDATED = 1 / 6  # of the pictures


@dataclass(frozen=True, slots=True)
class Range:
    """A setting that can be varied: between `low` and `high`, on a logarithmic scale where `log`, or one of `options`.
    The limits of the learning rate are times what is set, or usual for the optimizer."""

    title: Text
    about: Text
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    options: tuple[Value, ...] = ()


SPACE: Mapping[str, Range] = {
    "lr": Range(
        Text("Learning rate"),
        Text("From a hundredth to a hundred times the usual one."),
        0.01,
        100.0,
        log=True,
    ),
    "optimizer": Range(
        Text("Optimizer"),
        Text("SGD with momentum, RMSprop, Adam or AdamW, each around its usual rate."),
        options=("SGD", "RMSprop", "Adam", "AdamW"),
    ),
    "batch_size": Range(Text("Batch size"), Text("From 16 to 512."), options=(16, 32, 64, 128, 256, 512)),
    "schedule": Range(
        Text("Schedule"), Text("Constant, cosine or one cycle."), options=("Constant", "Cosine", "OneCycle")
    ),
    "l2": Range(Text("L2 penalty"), Text("From 0.000001 to 0.01."), 1e-6, 1e-2, log=True),
    "dropout": Range(Text("Dropout"), Text("From 0 to 0.7, in all Dropout layers."), 0.0, 0.7),
    "rotation_range": Range(Text("Rotation of the pictures"), Text("Up to 20 degrees either way."), 0.0, 20.0),
}
USUAL = ("lr", "batch_size")
SEARCH_SETTINGS: dict[str, Param] = {
    "trials": integer(16, 4, 100, Text("Trials"), Text("Short trainings, one after the other.")),
    "epochs": integer(
        3, 1, 20, Text("Epochs of a trial"), Text("A trial that is behind the others after an epoch ends early.")
    ),
    "images": integer(
        6_000, 100, 60_000, Text("Pictures of a trial"), Text("A sixth of them is held back, to compare the trials by.")
    ),
    "seed": integer(0, 0, 2**31 - 1000, Text("Seed"), Text("Start of every random choice.")),
}


@dataclass(frozen=True, slots=True)
class Search:
    """Varies the settings `varied` of `config` for `network`; all others stay."""

    network: NetworkSpec
    config: TrainConfig
    varied: tuple[str, ...] = USUAL
    trials: int = 16
    epochs: int = 3
    images: int = 6_000
    seed: int = 0

    @property
    def largest_batch(self) -> int:
        return max(self.config.batch_size, 512) if "batch_size" in self.varied else self.config.batch_size

    def told(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the settings for parameters on the scales of SPACE: the learning rate itself, not how many
        times the usual one."""
        values = {name: _short(value) for name, value in params.items()}
        if "lr" in params:
            usual = self._optimizer(params)
            param = OPTIMIZERS[usual.kind].params["lr"]
            values["lr"] = _short(min(max(usual["lr"] * params["lr"], param.low), param.high))
        return values

    def trial(self, values: Mapping[str, Any]) -> tuple[NetworkSpec, TrainConfig]:
        """The network and the settings with these `values`."""
        chosen, network = self._optimizer(values), self.network
        if "lr" in values:
            chosen = chosen.but(lr=values["lr"])
        config = replace(self.config, optimizer=chosen)
        if "schedule" in values:
            config = replace(config, schedule=schedule(values["schedule"]))
        plain = {name: values[name] for name in ("batch_size", "l2", "rotation_range") if name in values}
        if "dropout" in values:
            network = replace(network, layers=tuple(_with_dropout(one, values["dropout"]) for one in network.layers))
        return network, replace(config, **plain)

    def _optimizer(self, values: Mapping[str, Any]) -> Choice:
        """The one that is chosen, with its usual settings, or that of `config`."""
        if "optimizer" not in values:
            return self.config.optimizer
        momentum = {"momentum": 0.9} if values["optimizer"] == "SGD" else {}
        return optimizer(values["optimizer"], **momentum)

    def short(self, config: TrainConfig) -> TrainConfig:
        """The settings of a trial: fewer pictures and epochs, and nothing that ends it early."""
        return replace(
            config,
            images=self.images,
            epochs=self.epochs,
            validation_share=VALIDATED,
            fold=1,
            patience=0,
            target=0.0,
            cores="one",
        )


def can_vary(network: NetworkSpec) -> tuple[str, ...]:
    """The names in SPACE that mean something for this network."""
    has_dropout = any(choice.kind in DROPOUTS for choice in network.layers)
    return tuple(name for name in SPACE if name != "dropout" or has_dropout)


def read_varied(value: object) -> tuple[str, ...]:
    """Read the names of the settings that are varied, from anywhere. Raises SpecError."""
    cure = Text("Choose from {names}.", names=", ".join(SPACE))
    if not isinstance(value, list | tuple) or not value:
        raise SpecError(Text("A search needs settings to vary."), cure)
    if not all(isinstance(name, str) and name in SPACE for name in value):
        raise SpecError(Text("A search cannot vary one of these settings."), cure)
    return tuple(name for name in SPACE if name in value)


def check_search(search: Search) -> None:
    """Raise SpecError where the network has nothing of what is to be varied."""
    missing = [name for name in search.varied if name not in can_vary(search.network)]
    if missing:
        what = Text("The network has no Dropout layer to vary.")
        raise SpecError(what, Text("Add one on the Build page, or vary something else."))


def _with_dropout(choice: Choice, share: float) -> Choice:
    return choice.but(p=share) if choice.kind in DROPOUTS else choice


def _short(value: Any) -> Any:
    return float(f"{value:.3g}") if isinstance(value, float) else value


SEARCH_CODEC: Codec[Search] = Codec(
    Search,
    Text("Search"),
    {"network": NETWORK, "config": TRAIN_CODEC, "varied": Part(read_varied, list), **SEARCH_SETTINGS},
)
