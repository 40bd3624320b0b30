"""Every kind of run, with every setting that changes its stream, goes on elsewhere to the last bit: what its first
process told and what the next one tells is what one process alone would have told."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, choose
from engine.catalogue.schedules import SCHEDULES
from engine.checks.config import Checks
from engine.checks.events import CheckDone
from engine.gan.config import GanConfig, GanSpec
from engine.gan.losses import GAN_LOSSES
from engine.gan.recipes import RECIPES
from engine.gan.sampling import make_gan
from engine.gan.saving import gan_bytes
from engine.kind import SET, Action
from engine.kinds import KINDS, job_to_json, kind_of, sort_of
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.plane.config import TARGETS, PlaneGan
from engine.points.config import PointsSpec
from engine.runs.event_log import ReplayLog
from engine.runs.info import Value
from engine.runs.worker.training import Training
from engine.search.config import Search
from engine.search.events import TrialDone
from engine.study.config import Study
from engine.study.events import StudyScored
from engine.training.config import Source, TrainConfig
from engine.training.events import Event, FrameDrawn, OrderDone, SettingChanged
from engine.training.kind import Classification, go_on
from engine.training.own_digits import OwnDigits
from engine.training.saving import weights_bytes

KEPT, CUT, END = 3, 5, 9  # steps: of the checkpoint, of the loss, and up to which is compared
CLOCK = ("seconds", "train_seconds", "samples_per_second")
Order = tuple[int, Action, Value]
pytestmark = pytest.mark.usefixtures("folder")


@dataclass(frozen=True, slots=True)
class Case:
    """A job, what is asked of it after which step, and whether it begins with weights that another run left."""

    job: Any
    orders: tuple[Order, ...] = ()

    @property
    def source(self) -> bytes | None:
        return weights_bytes(build(plan(NETWORK), 7)) if kind_of(self.job).needs(self.job) else None


def chosen(rows: Any, kind: str, **values: Any) -> Choice:
    params = rows[kind].params
    return choose(rows, kind, {name: value for name, value in values.items() if name in params}, "")


NETWORK = NetworkSpec(
    (
        *(
            layer("Conv2d", channels=2, kernel_size=5, stride=3),
            layer("BatchNorm2d"),
            layer("ReLU"),
            layer("Dropout", p=0.3),
        ),
        *(layer("Flatten"), layer("Linear", units=10)),
    )
)
CONFIG = TrainConfig(images=400, batch_size=60, epochs=3)
CLASSIFIER = Classification(NETWORK, CONFIG)
CLASSIFIERS: dict[str, Any] = {
    **{f"optimizer {k}": {"optimizer": chosen(OPTIMIZERS, k, lr=0.01, momentum=0.9)} for k in OPTIMIZERS},
    **{f"schedule {k}": {"schedule": chosen(SCHEDULES, k, every=1, warmup=0.2)} for k in SCHEDULES},
    **{f"loss {k}": {"loss": chosen(LOSSES, k)} for k in LOSSES},
    "a last batch that is short": {"batch_size": 53},
    "no validation pictures": {"validation_share": 0.0},
    "a stratified split": {"stratified": True, "fold": 2},
    "all cores": {"cores": "all"},
    "penalties and noise": {"l1": 1e-3, "l2": 1e-3, "input_noise": 0.3, "label_noise": 20.0, "imbalance": 5.0},
    "gradient clipping": {"clip_norm": 0.5},
    "several batches a step": {"accumulation": 3, "batch_size": 30, "clip_norm": 0.5},
    "early stopping": {"patience": 1},
    "a target": {"target": 30.0},
    "short weights and gradients": {"max_norm": 0.5, "clip_value": 0.01},
    "augmentation": {
        "rotation_range": 10.0,
        "width_shift_range": 0.1,
        "height_shift_range": 0.1,
        "shear_range": 10.0,
        "zoom_range": 0.1,
        "horizontal_flip": True,
        "vertical_flip": True,
        "elastic": 1.0,
        "erase": 0.5,
    },
    "mixup": {"mixup": 0.4, "accumulation": 2, "batch_size": 30},
    "a range test that ends": {
        "schedule": chosen(SCHEDULES, "RangeTest"),
        "optimizer": chosen(OPTIMIZERS, "SGD", lr=10.0),
    },
    "an average of the weights": {"ema": 0.9, "patience": 2},
}
GAN = RECIPES["conditional"].gan
GANS: dict[str, Any] = {
    **{f"loss {k}": {"loss": chosen(GAN_LOSSES, k)} for k in GAN_LOSSES},
    **{
        f"optimizers {k}": dict.fromkeys(
            ("generator_optimizer", "discriminator_optimizer"), chosen(OPTIMIZERS, k, lr=0.001)
        )
        for k in OPTIMIZERS
    },
    **{
        f"{d} steps of D, {g} of G": {"discriminator_steps": d, "generator_steps": g}
        for d, g in ((2, 1), (1, 3), (3, 2), (0, 1), (2, 0))
    },
    "all that softens D": {"label_smoothing": 0.2, "instance_noise": 0.2},
    "an average of G": {"ema": 0.9},
    "a last batch that is short": {"batch_size": 30},
}
PLANES: dict[str, Any] = {
    **{f"target {k}": {"target": k, "points": ((0.1, 0.2), (0.3, -0.4), (-0.5, 0.6))} for k in TARGETS},
    **{f"loss {k}": {"loss": chosen(GAN_LOSSES, k)} for k in GAN_LOSSES},
    **{
        f"{d} steps of D, {g} of G": {"discriminator_steps": d, "generator_steps": g}
        for d, g in ((3, 1), (1, 2), (0, 2), (3, 0))
    },
    "all that softens D": {"label_smoothing": 0.2, "instance_noise": 0.2},
}

POINTS: dict[str, Case] = {
    "points: a batch that is short": Case(PointsSpec(count=20, noise=50.0)),
    "points: Adam and penalties": Case(PointsSpec(optimizer=chosen(OPTIMIZERS, "Adam"), l1=0.01, l2=0.01)),
    "points: a perceptron": Case(PointsSpec("xor", rule="perceptron", units=(), count=6)),
    **{
        f"points: {name} changed": Case(
            PointsSpec(), ((2, SET, (name, 0.05)), (4, SET, (name, 0.02)), (CUT, SET, (name, 0.07)))
        )
        for name in ("lr", "l1", "l2", "w1.2.1", "b2.1")
    },
    "points: step by hand": Case(PointsSpec(), ((KEPT, "step", None), (KEPT + 1, "step", None), (CUT, "resume", None))),
}


def small(gan: GanSpec, **changes: Any) -> GanSpec:
    config = GanConfig(
        **{**{name: getattr(gan.config, name) for name in gan.config.__slots__}, "images": 100, "batch_size": 16}
    )
    return replace(gan, config=replace(config, **changes))


def with_live_settings() -> dict[str, Case]:
    """Each kind, with each of its live settings changed before the checkpoint, after it, and at the loss."""
    cases = {}
    for name, job in (("classifier", CLASSIFIER), ("gan", small(GAN)), ("plane", PlaneGan(units=8))):
        for setting, param in KINDS[name].live.items():
            values = (2, 3, 1) if param.kind == "int" else tuple(param.high * part for part in (1e-3, 5e-4, 2e-3))
            orders = tuple((step, SET, (setting, value)) for step, value in zip((2, 4, CUT), values, strict=True))
            cases[f"{name}: {setting} changed"] = Case(job, orders)
    return cases


def by_hand() -> dict[str, Case]:
    """Each kind, with each of its orders for a single step given where the checkpoint is behind."""
    cases = {}
    for name, job in (
        ("classifier", CLASSIFIER),
        ("gan", small(GAN, discriminator_steps=2)),
        ("plane", PlaneGan(units=8, discriminator_steps=2)),
    ):
        for action in KINDS[name].by_hand:
            orders: tuple[Order, ...] = ((KEPT, action, None), (KEPT + 1, action, None), (CUT, "resume", None))
            cases[f"{name}: {action} by hand"] = Case(job, orders)
    return cases


CASES: dict[str, Case] = {
    **{
        f"classifier: {name}": Case(replace(CLASSIFIER, config=replace(CONFIG, **changes)))
        for name, changes in CLASSIFIERS.items()
    },
    **{f"gan: recipe {name}": Case(small(recipe.gan)) for name, recipe in RECIPES.items()},
    **{f"gan: {name}": Case(small(GAN, **changes)) for name, changes in GANS.items()},
    **{f"plane: {name}": Case(PlaneGan(units=8, **changes)) for name, changes in PLANES.items()},
    "classifier: weights of another run": Case(go_on(CLASSIFIER, "before", 0.9, 0.01, 3)),
    "classifier: frozen layers and a new head": Case(
        replace(
            CLASSIFIER, config=replace(CONFIG, ema=0.9, l2=0.01), source=Source("before", 0.9, 3, frozen=2, head=True)
        )
    ),
    "classifier: own digits": Case(
        replace(
            CLASSIFIER,
            config=replace(CONFIG, rotation_range=10.0),
            source=Source("before", 0.9, 3, taught=OwnDigits((7,) * 20, bytes(range(196)) * 80)),
        )
    ),
    **POINTS,
    **with_live_settings(),
    **by_hand(),
}


def drive(run: Training, until: int, orders: tuple[Order, ...], told: list[Event]) -> None:
    """Let a run work until a step is told, giving it each order right after its step."""
    left = list(orders)
    told += run.events
    run.events.clear()
    while run.step < until or not run.is_at_step:
        if not run.wants_to_train:
            break
        run.advance()
        told += run.events
        run.events.clear()
        while left and run.is_at_step and run.step == left[0][0] and not run.is_repeating:
            run.control(*left.pop(0)[1:])
            told += run.events
            run.events.clear()


def story(told: list[Event]) -> list[str]:
    """What must be the same, as text, for NaN is not equal to itself: all but the film, which comes by the clock."""
    kept = [
        e
        for e in told
        if sort_of(e) in ("step", "change", "order", "milestone", "result") or type(e).__name__ == "Evaluated"
    ]
    return [
        repr(replace(e, **{name: 0.0 for name in CLOCK if hasattr(e, name)}))
        for e in kept
        if not isinstance(e, FrameDrawn)
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_run_goes_on_to_the_last_bit_with(name: str) -> None:
    case = CASES[name]
    job, source = job_to_json(case.job), case.source
    whole: list[Event] = []
    drive(Training("run", job, False, source), END, case.orders, whole)
    first, before = Training("run", job, False, source), list[Event]()
    drive(first, KEPT, tuple(o for o in case.orders if o[0] < KEPT), before)
    checkpoint = first.checkpoint()
    assert checkpoint and first.step == KEPT
    for order in (o for o in case.orders if o[0] == KEPT):
        first.control(*order[1:])
    drive(first, CUT, tuple(o for o in case.orders if KEPT < o[0] < CUT), before)
    log = ReplayLog()
    log.take(before)
    second, after = Training("run", job, False, source, log, "running", checkpoint), list[Event]()
    assert (second.step, second.is_repeating) == (KEPT, True)
    drive(second, CUT, (), after)
    assert not [event for event in after if sort_of(event) == "step"]
    for order in (o for o in case.orders if o[0] == CUT):
        second.control(*order[1:])
    drive(second, END, (), after)
    assert story(before + after) == story(whole)
    assert len([event for event in whole if sort_of(event) == "step"]) == END
    changes = [order for order in case.orders if order[1] == SET]
    assert len([event for event in before + after if isinstance(event, SettingChanged)]) == len(changes)
    parts = [order for order in case.orders if order[1] in kind_of(case.job).by_hand and order[1] != "step"]
    assert len([event for event in before if isinstance(event, OrderDone)]) == len(parts)


STUDY = Study("run", small(GAN), NETWORK, per_digit=10, added_per_digit=10, seeds=2, steps=10)


SEARCH = Search(NETWORK, CONFIG, trials=5, epochs=2, images=200)


@pytest.mark.parametrize(
    ("job", "event"), [(STUDY, StudyScored), (Checks(NETWORK, CONFIG), CheckDone), (SEARCH, TrialDone)]
)
def test_what_has_no_steps_goes_on_after_its_newest_milestone_to_the_last_bit(job: Any, event: type[Any]) -> None:
    told, material = job_to_json(job), gan_bytes(make_gan(STUDY.gan))
    whole: list[Event] = []
    drive(Training("run", told, False, material), 10**6, (), whole)
    first, before = Training("run", told, False, material), list[Event]()
    while len([one for one in before if isinstance(one, event)]) < 3:
        first.advance()
        before += first.events
        first.events.clear()
    log = ReplayLog()
    log.take(before)
    second, after = Training("run", told, False, material, log, "running", first.checkpoint()), list[Event]()
    drive(second, 10**6, (), after)
    assert story(before + after) == story(whole)


def test_every_kind_is_here() -> None:
    assert {kind_of(case.job).name for case in CASES.values()} | {"study", "checks", "search", "landscape"} == set(
        KINDS
    ) - {"sum"}
