import itertools
from collections.abc import Callable

import pytest
import torch
from torch.optim import lr_scheduler

from engine.catalogue.params import Choice, Value, choose
from engine.catalogue.schedules import SCHEDULES, factor
from engine.export.listing import lr_factor

STEPS, STEPS_PER_EPOCH, LR = 120, 12, 0.5


def schedule(kind: str, **values: Value) -> Choice:
    return choose(SCHEDULES, kind, values, "Schedule")


def rates_in_torch(make: Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler], each: int = 1) -> list[float]:
    """The learning rate of every step when torch's scheduler moves on after each `each` steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LR)
    scheduler = make(optimizer)
    rates = []
    for step in range(1, STEPS + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step % each == 0 and step < STEPS:
            scheduler.step()
    return rates


def rates(choice: Choice, steps: int = STEPS) -> list[float]:
    return [LR * factor(choice, step, steps, STEPS_PER_EPOCH) for step in range(1, steps + 1)]


@pytest.mark.parametrize(("every", "gamma"), [(1, 0.5), (3, 0.1), (4, 1.0)])
def test_step_is_torchs_step_lr(every: int, gamma: float) -> None:
    expected = rates_in_torch(lambda o: lr_scheduler.StepLR(o, every, gamma), STEPS_PER_EPOCH)
    assert rates(schedule("Step", every=every, gamma=gamma)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("floor", [0.0, 0.25, 1.0])
def test_cosine_is_torchs_cosine_annealing(floor: float) -> None:
    expected = rates_in_torch(lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, LR * floor))
    assert rates(schedule("Cosine", floor=floor)) == pytest.approx(expected, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(
    ("rise", "start", "end"), [(0.3, 25.0, 1e4), (0.1, 10.0, 1.0), (0.99, 4.0, 100.0), (0.01, 25.0, 1e4)]
)
def test_one_cycle_is_torchs(rise: float, start: float, end: float) -> None:
    expected = rates_in_torch(
        lambda o: lr_scheduler.OneCycleLR(
            o, LR, STEPS, pct_start=rise, div_factor=start, final_div_factor=end, cycle_momentum=False
        )
    )
    ours = rates(schedule("OneCycle", rise=rise, start_divisor=start, end_divisor=end))
    assert ours == pytest.approx(expected, rel=1e-9)


def test_warm_up_is_torchs_linear_lr_from_near_zero() -> None:
    warm = STEPS // 4
    expected = rates_in_torch(lambda o: lr_scheduler.LinearLR(o, 1 / warm, total_iters=warm - 1))
    assert rates(schedule("Constant", warmup=0.25)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("kind", SCHEDULES)
def test_warm_up_multiplies_every_schedule(kind: str) -> None:
    plain, warmed = rates(schedule(kind)), rates(schedule(kind, warmup=0.5))
    assert warmed == pytest.approx([rate * min(1, step / 60) for step, rate in enumerate(plain, 1)])


@pytest.mark.parametrize("kind", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 1000])
def test_the_rate_stays_positive_and_at_most_its_base_in_trainings_of_any_length(kind: str, steps: int) -> None:
    settings = SCHEDULES[kind].params
    ends = [
        (param.default, type(param.default)(param.low), type(param.default)(param.high)) for param in settings.values()
    ]
    for values in itertools.product(*ends):
        choice = choose(SCHEDULES, kind, dict(zip(settings, values, strict=True)), "Schedule")
        for step in range(1, steps + 2):
            assert 0.0 <= factor(choice, step, steps, STEPS_PER_EPOCH) <= 1.0 + 1e-12


@pytest.mark.parametrize(
    "choice",
    [
        schedule("Constant", warmup=0.1),
        schedule("Step", every=2, gamma=0.3, warmup=0.1),
        schedule("Step"),
        schedule("Cosine", floor=0.1),
        schedule("Cosine", warmup=0.2),
        schedule("OneCycle"),
        schedule("OneCycle", rise=0.01, warmup=0.3),
        schedule("RangeTest", span=1e3),
    ],
    ids=str,
)
@pytest.mark.parametrize("steps", [3, STEPS])
def test_the_exported_function_gives_the_same_rates(choice: Choice, steps: int) -> None:
    program: dict[str, object] = {"STEPS": steps, "STEPS_PER_EPOCH": STEPS_PER_EPOCH}
    exec("import math\n" + lr_factor(choice), program)
    exported = program["lr_factor"]
    assert callable(exported)
    assert [LR * exported(done) for done in range(steps)] == pytest.approx(rates(choice, steps), rel=1e-12)


def test_every_row_explains_itself() -> None:
    for row in SCHEDULES.values():
        assert str(row.doc).endswith(".")
        assert all(str(param.help).endswith(".") for param in row.params.values())
        assert "warmup" in row.params
