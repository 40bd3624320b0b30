"""What can be run, as plain data: each kind of job with its JSON, its check, and what may be asked of it. No torch."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.catalogue.params import SpecError
from engine.gan.config import LIVE_SETTINGS, GanSpec, changed, check_gan, gan_from_json, gan_to_json
from engine.network.admission import check_batches, check_load
from engine.network.load import Load, load_of_gan, load_of_plane, load_of_study, load_of_training
from engine.network.spec import NetworkSpec, network_from_json, network_to_json, plan
from engine.plane.config import PlaneGan, check_plane, plane_from_json, plane_to_json
from engine.plane.config import changed as plane_changed
from engine.study.config import Study, check_study, study_from_json, study_to_json
from engine.training.config import TrainConfig, config_from_json, config_to_json

Action = Literal["pause", "resume", "step", "epoch", "stop", "lr", "step_d", "step_g", "slow", "set"]
Kind = Literal["classifier", "gan", "plane", "study"]
_EVERY: tuple[Action, ...] = ("pause", "resume", "step", "stop")


@dataclass(frozen=True, slots=True)
class Classification:
    """A network that learns to read digits, and how."""

    network: NetworkSpec
    config: TrainConfig


Job = Classification | GanSpec | PlaneGan | Study


def _classification_to_json(job: Classification) -> dict[str, Any]:
    return {"network": network_to_json(job.network), "config": config_to_json(job.config)}


def _classification_from_json(data: dict[str, Any]) -> Classification:
    return Classification(network_from_json(data.get("network")), config_from_json(data.get("config")))


def _check_study(study: Study) -> None:
    check_study(study)
    check_batches(plan(study.network), study.training(study.seed))


@dataclass(frozen=True, slots=True)
class _Row:
    """A kind of job: its class, and functions of one such job. `changed` gives it with a live setting changed."""

    of: type[Any]
    to_json: Callable[[Any], dict[str, Any]]
    from_json: Callable[[dict[str, Any]], Any]
    check: Callable[[Any], None]
    load: Callable[[Any], Load]
    parameters: Callable[[Any], int]
    name: Callable[[Any], str]
    actions: tuple[Action, ...] = _EVERY
    changed: Callable[[Any, str, float], Any] | None = None


_KINDS: dict[Kind, _Row] = {
    "classifier": _Row(
        Classification,
        _classification_to_json,
        _classification_from_json,
        check=lambda job: check_batches(plan(job.network), job.config),
        load=lambda job: load_of_training(plan(job.network), job.config),
        parameters=lambda job: plan(job.network).parameters,
        name=lambda job: job.network.name,
        actions=(*_EVERY, "epoch", "lr"),
    ),
    "gan": _Row(
        GanSpec,
        gan_to_json,
        gan_from_json,
        check=check_gan,
        load=load_of_gan,
        parameters=lambda gan: plan(gan.generator).parameters + plan(gan.discriminator).parameters,
        name=lambda gan: gan.name,
        actions=(*_EVERY, "step_d", "step_g", "slow", "set"),
        changed=lambda gan, name, value: replace(gan, config=changed(gan.config, {name: value})),
    ),
    "plane": _Row(
        PlaneGan,
        plane_to_json,
        plane_from_json,
        check=check_plane,
        load=load_of_plane,
        parameters=lambda plane: plane.generator_parameters + plane.discriminator_parameters,
        name=lambda plane: plane.name,
        actions=(*_EVERY, "step_d", "step_g", "set"),
        changed=lambda plane, name, value: plane_changed(plane, {name: value}),
    ),
    "study": _Row(
        Study,
        study_to_json,
        study_from_json,
        check=_check_study,
        load=load_of_study,
        parameters=lambda study: plan(study.network).parameters,
        name=lambda study: study.gan.name,
        actions=("pause", "resume", "stop"),
    ),
}


def kind_of(job: Job) -> Kind:
    return next(kind for kind, row in _KINDS.items() if isinstance(job, row.of))


def job_to_json(job: Job) -> dict[str, Any]:
    """`{"kind": ..., ...}`"""
    kind = kind_of(job)
    return {"kind": kind, **_KINDS[kind].to_json(job)}


def job_from_json(data: object) -> Job:
    """Read a job from untrusted parsed JSON; it may not be fit to run yet. Raises SpecError."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(kind, str) or kind not in _KINDS:
        raise SpecError("This is nothing that can be run.", "Expected an object whose kind is known.")
    rest = {name: value for name, value in data.items() if name != "kind"}
    job: Job = _KINDS[kind].from_json(rest)
    return job


def check_job(job: Job) -> None:
    """Raise SpecError unless it fits together and asks no more of the machine than others can bear."""
    row = _KINDS[kind_of(job)]
    row.check(job)
    check_load(row.load(job))


def parameters_of(job: Job) -> int:
    """Trainable numbers, of all its networks together. Raises SpecError for networks that do not fit together."""
    return _KINDS[kind_of(job)].parameters(job)


def memory_of(job: Job) -> int:
    """About how many bytes it takes on a host: weights and what belongs to them, a batch on its way, own pictures.
    Raises SpecError for networks that do not fit together."""
    return _KINDS[kind_of(job)].load(job).step_memory


def step_seconds_of(job: Job) -> float:
    """About how long others on its core wait for it at most: a step, or a part of an evaluation. Raises SpecError."""
    return _KINDS[kind_of(job)].load(job).step_seconds


def name_of_job(job: Job) -> str:
    return _KINDS[kind_of(job)].name(job)


def actions_of(job: Job) -> tuple[Action, ...]:
    """What a visitor may ask of it while it runs."""
    return _KINDS[kind_of(job)].actions


def with_change(job: Job, name: str, value: float) -> Job:
    """`job` with one of LIVE_SETTINGS changed. Raises SpecError unless that may be done while it runs."""
    change = _KINDS[kind_of(job)].changed
    if change is None or name not in LIVE_SETTINGS:
        raise SpecError(f"{name[:40]!r} cannot be changed while it trains.", f"Choose from {', '.join(LIVE_SETTINGS)}.")
    changed_job: Job = change(job, name, value)
    check_job(changed_job)
    return changed_job
