"""Pieces that exported programs have in common, whichever framework they are for. Imports no torch."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from engine.catalogue.names import literal
from engine.catalogue.params import Choice, SpecError
from engine.data.sets import SETS
from engine.export.pictures import source_of
from engine.network.roles import ROLES
from engine.network.spec import NetworkSpec, Plan, PlannedLayer, network_from_json, network_to_json, plan
from engine.text import Text
from engine.training.config import TRAIN_CODEC, TrainConfig


def checked(network: NetworkSpec, config: TrainConfig | None) -> tuple[Plan, TrainConfig | None]:
    """The plan and the settings of a program, read as saved ones would be: every word in them is the catalogue's, but
    for the name. No settings for a network of a GAN, which is not trained alone. Raises SpecError."""
    planned = plan(network_from_json(network_to_json(network)))
    trained = config is not None and network.role == "classifier"
    return planned, TRAIN_CODEC.from_json(TRAIN_CODEC.to_json(config)) if config and trained else None


def unknown_loss(kind: str) -> SpecError:
    """The error where a loss of the catalogue has no formula in the programs."""
    return SpecError(Text("The loss {kind} cannot be exported yet.", kind=kind), Text("Choose another loss."))


def title(planned: Plan, framework: str) -> str:
    """The first lines. The very first says how the file is encoded, so that no later one can (PEP 263)."""
    network = planned.network
    purpose = ROLES[network.role].purpose
    if not network.reads.is_digits:
        purpose = f"tells pictures of {len(network.reads.classes)} classes apart"
    text = f"# A network that {purpose}, in {framework}. {planned.parameters:,} parameters to learn.\n"
    return "# -*- coding: utf-8 -*-\n" + text


def named(network: NetworkSpec) -> str:
    """The line after the imports with what the network is called, which anyone may have chosen; empty without a name.

    It stays below the first lines: Python reads an encoding out of them, editors read settings."""
    return f"NAME = {literal(network.name)}\n" if network.name else ""


def shape_comment(shape: tuple[int, ...]) -> str:
    """A shape in ASCII, as all of a program is, such as 1 x 28 x 28."""
    return " x ".join(map(str, shape))


def reads(network: NetworkSpec) -> str:
    """What goes in, for a comment."""
    return shape_comment(network.input_shape) + (" random numbers" if network.role == "generator" else "")


def runs(repeat: PlannedLayer) -> Iterator[tuple[Sequence[PlannedLayer], int]]:
    """The lists of a repeat, each with how many times in a row it is the same: a first one may change the shape."""
    for body, same in groupby(repeat.bodies):
        yield body, sum(1 for _ in same)


def in_columns(rows: Iterable[tuple[str, str]], indent: int) -> str:
    """Lines of code, each with its comment where it has one, the comments below each other."""
    lines = [(" " * indent + code, comment) for code, comment in rows]
    width = max((len(code) for code, comment in lines if comment), default=0)
    return "".join(f"{code:<{width}}  # {comment}\n" if comment else f"{code}\n" for code, comment in lines)


def has_schedule(config: TrainConfig) -> bool:
    return config.schedule.kind != "Constant" or config.schedule["warmup"] > 0


def constants(config: TrainConfig, network: NetworkSpec) -> str:
    text = source_of(network)
    text += f"""\
EPOCHS, BATCH_SIZE = {config.epochs}, {config.batch_size}
IMAGES, VALIDATION_IMAGES = {config.images:_}, {config.validation_images:_}  # held back from the {config.images:,}
"""
    if config.accumulation > 1:
        text += (
            f"ACCUMULATION = {config.accumulation}  # batches whose gradients are averaged before the weights move\n"
        )
    if has_schedule(config):
        a_step = "BATCH_SIZE" if config.accumulation == 1 else "(BATCH_SIZE * ACCUMULATION)"
        text += f"STEPS_PER_EPOCH = math.ceil((IMAGES - VALIDATION_IMAGES) / {a_step})\n"
        text += "STEPS = EPOCHS * STEPS_PER_EPOCH\n"
    return text


def sharing(config: TrainConfig, network: NetworkSpec, library: str, of_class: str) -> tuple[str, str]:
    """Which pictures to train with a program reads: what it takes of all there are, and lines that choose so many of
    each class where the classes are not taken as they come. `of_class` is that of `held_back`."""
    counts = config.class_images(len(network.reads.classes))
    if counts is None:
        return "[:IMAGES]", ""
    row = SETS.get(network.reads.data)
    names = {"counts": ", ".join(f"{count:_}" for count in counts), "places": of_class}
    return f"[:{row.train:_}]" if row else "", _SHARED[library].format(**names)


def held_back(config: TrainConfig, library: str, of_class: str) -> str:
    """Lines that set `held_back`, true for the pictures to validate on; `library` is torch or np, `of_class` gives the
    places of the class `one` in it."""
    text = _LAST if config.fold == 1 else _FOLD
    if config.stratified:
        text = _LAST_OF_EACH if config.fold == 1 else _FOLD_OF_EACH
    names = {"library": library, "places": of_class, "kind": "torch.bool" if library == "torch" else "bool"}
    return text.format(fold=config.fold, before=config.fold - 1, share=config.validation_share, **names)


_SHARED = {
    "torch": """\
    counts = ({counts})  # pictures of each class
    chosen = torch.cat([{places}[:count] for one, count in enumerate(counts)])
    spread = torch.cat([(torch.arange(count, dtype=torch.float64) + 0.5) / count for count in counts])
    chosen = chosen[spread.argsort(stable=True)]  # the same shares everywhere
    images, labels = images[chosen], labels[chosen]
""",
    "np": """\
    counts = ({counts})  # pictures of each class
    chosen = np.concatenate([{places}[:count] for one, count in enumerate(counts)])
    spread = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    chosen = chosen[spread.argsort(kind="stable")]  # the same shares everywhere
    images, labels = images[chosen], labels[chosen]
""",
}

_LAST = """\
    held_back = {library}.arange(IMAGES) >= IMAGES - VALIDATION_IMAGES
"""

_FOLD = """\
    end = IMAGES - {before} * VALIDATION_IMAGES  # fold {fold}, counted from the last
    held_back = {library}.zeros(IMAGES, dtype={kind})
    held_back[end - VALIDATION_IMAGES : end] = True
"""

_LAST_OF_EACH = """\
    held_back = {library}.zeros(IMAGES, dtype={kind})
    for one in range(CLASSES_):  # the same share of every class
        places = {places}
        held_back[places[len(places) - round(len(places) * {share!r}) :]] = True
"""

_FOLD_OF_EACH = """\
    held_back = {library}.zeros(IMAGES, dtype={kind})
    for one in range(CLASSES_):  # the same share of every class, fold {fold}, counted from the last
        places = {places}
        count = round(len(places) * {share!r})
        held_back[places[{library}.arange(-{fold} * count, -{before} * count) % len(places)]] = True
"""


def lr_factor(schedule: Choice) -> str:
    """Source of the function `engine.catalogue.schedules.factor` for one schedule; it counts steps done, from 0."""
    warmup = schedule["warmup"]
    head = '''
def lr_factor(done):
    """What the learning rate is multiplied by once `done` of STEPS steps are done."""
'''
    if warmup:
        head += f"    warmed_up = min(1, (done + 1) / max(1, round({warmup!r} * STEPS)))\n"
    match schedule.kind:
        case "Step":
            share = f"{schedule['gamma']!r} ** (done // STEPS_PER_EPOCH // {schedule['every']})"
        case "Cosine":
            floor = schedule["floor"]
            share = f"{floor!r} + {1 - floor:.12g} * (1 + math.cos(math.pi * done / STEPS)) / 2"
        case "OneCycle":
            head += _ONE_CYCLE.format(**dict(schedule.values))
            share = "low + (1 - low) * (1 + math.cos(math.pi * away)) / 2"
        case "RangeTest":
            share = f"{schedule['span']!r} ** (done / max(1, STEPS - 1) - 1)"
        case _:
            return head + "    return warmed_up\n"
    return head + f"    return {f'warmed_up * ({share})' if warmup else share}\n"


_ONE_CYCLE = """\
    first = 1 / {start_divisor!r}
    peak = {rise!r} * STEPS - 1
    if done < peak:  # on the way up
        low, away = first, 1 - done / peak
    else:
        low, away = first / {end_divisor!r}, (done - peak) / (STEPS - 1 - peak)
"""
