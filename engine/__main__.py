"""The command line: networks, data, train, gan, predict, export. Progress goes to stderr, results to stdout."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")  # threads that wait for longer let other programs have the core

from engine.catalogue.params import SpecError
from engine.data.fitting import WAY
from engine.data.found import data_of, data_set, load_data
from engine.data.sets import SETS, DataSet, follow, settings_for
from engine.export.formats import PROGRAMS, recipe_from_json, recipe_to_json
from engine.gan.config import GAN_CODEC, GAN_SETTINGS, SIDES, GanSpec, change_config, check_gan
from engine.gan.recipes import DEFAULT, RECIPES
from engine.kinds import check_job
from engine.network.spec import NetworkSpec, parse_json, plan, shape_text
from engine.text import Text
from engine.training.architectures import ALL_PRESETS
from engine.training.config import SETTINGS, TRAIN_CODEC, TrainConfig
from engine.training.kind import Classification

FORMATS = (*PROGRAMS, "json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 2 with one clear sentence on stderr when something must be mended."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
        return code
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2


def networks(options: argparse.Namespace) -> int:
    for name, preset in ALL_PRESETS.items():
        planned = plan(preset.network)
        shapes = " > ".join(
            [shape_text(preset.network.input_shape), *(shape_text(p.out_shape) for p in planned.layers)]
        )
        if options.json:
            _emit({"network": name, "parameters": planned.parameters, "multiply_adds": planned.multiply_adds})
        else:
            print(
                f"{name:<11} {planned.parameters:>9,} parameters  {planned.multiply_adds:>11,} multiply-adds  {shapes}"
            )
    return 0


def train(options: argparse.Namespace) -> int:
    import torch

    from engine.network.build import best_device, build
    from engine.training.events import Clipped, Diverged, EpochDone, Finished, TargetReached, WeightsRestored, as_json
    from engine.training.saving import save_model
    from engine.training.train import train as stream

    network, config = _on_data(options.data, *_recipe(options.network))
    given = {name: getattr(options, name) for name in SETTINGS if getattr(options, name) is not None}
    config = TRAIN_CODEC.from_json(TRAIN_CODEC.to_json(config) | given)
    planned = plan(network)
    check_job(Classification(network, config))
    if config.cores == "all":
        torch.set_num_threads(os.cpu_count() or 1)
    model = build(planned, config.seed).to(best_device())
    for event in stream(model, config, load_data(network)):
        match event:
            case None:
                continue
            case EpochDone():
                validation = (
                    "" if event.validation_accuracy is None else f", validation {event.validation_accuracy:.2%}"
                )
                print(f"epoch {event.epoch}/{config.epochs}: loss {event.train_loss:.4f}{validation}", file=sys.stderr)
            case Finished():
                print(f"test accuracy {event.test_accuracy:.2%}, {event.train_seconds:.1f} s", file=sys.stderr)
                if options.out:
                    save_model(options.out, network, model, {"finished": as_json(event)})
            case Clipped():
                print(f"    gradient clipped in {event.share:.0%} of the steps", file=sys.stderr)
            case WeightsRestored():
                why = "stopped early, " if event.early else ""
                print(f"{why}the weights of epoch {event.best_epoch} are back", file=sys.stderr)
            case TargetReached():
                print(f"stopped at a validation accuracy of {event.accuracy:.2%}", file=sys.stderr)
            case Diverged():
                print(f"{event.why} {event.cure}", file=sys.stderr)
        if options.json:
            _emit(as_json(event))
    return 1 if isinstance(event, Diverged) else 0


def gan(options: argparse.Namespace) -> int:
    spec = _gan(options.recipe)
    spec = replace(spec, config=change_config(spec.config, {} if options.seed is None else {"seed": options.seed}))
    check_gan(spec)
    from engine.gan.command import run
    from engine.gan.events import GanFinished
    from engine.training.events import as_json

    def tell(event: Any) -> None:
        last = {"event": "finished", "fid": event.distance} if isinstance(event, GanFinished) else {}
        if options.json:
            _emit(as_json(event) | last)

    return run(spec, options.seconds, options.out, tell)


def data(options: argparse.Namespace) -> int:
    from engine.data.importing import bring_in
    from engine.data.own import CONSOLE, delete_own, own_set, own_sets, title_from
    from engine.data.preparing import Wanted

    if options.delete:
        delete_own(CONSOLE, options.delete)
    if options.bring_in:
        wanted = Wanted(title_from(options.name or options.bring_in.stem), not options.grey, options.side, options.way)
        own = own_set(bring_in(options.bring_in, wanted, CONSOLE))
        for why, count, names in own.left_out:
            print(f"left out {count}, {why}: {', '.join(names)}", file=sys.stderr)
        _tell_set(own.row, options.json)
        if options.check:
            delete_own(CONSOLE, own.row.name)
        return 0
    for row in (*SETS.values(), *(own.row for own in own_sets(CONSOLE))):
        _tell_set(row, options.json)
    return 0


def _tell_set(row: DataSet, as_json: bool) -> None:
    facts: dict[str, Any] = {"data": row.name, "shape": list(row.shape), "classes": list(row.reads.classes)}
    facts |= {"title": str(row.title), "train": row.train, "test": row.test, "licence": row.licence, "link": row.link}
    if as_json:
        _emit(facts)
        return
    counts = f"{len(row.reads.classes)} classes, {row.train:,} pictures to train and validate on, {row.test:,} to test"
    print(f"{row.name}  {shape_text(row.shape)}  {counts}")
    print(f"    {row.title}: {', '.join(row.reads.classes)}")
    print(f"    {row.origin} {f'Licence: {row.licence}. {row.link}' if row.licence else ''}".rstrip())


def predict(options: argparse.Namespace) -> int:
    from engine.digits.prepare import drawing_from_json, picture_from_bytes, prepare
    from engine.files import ASSETS, data_folder
    from engine.training.predict import read_digit
    from engine.training.saving import load_model
    from engine.training.trying import read_given

    named = {"demo": ASSETS / "models" / "demo.safetensors"}
    run = data_folder() / "runs" / f"{Path(options.model).name}.safetensors"
    path = named.get(options.model) or (run if run.is_file() else Path(options.model))
    if not path.is_file():
        what = Text("There is no model {name}.", name=repr(options.model))
        raise SpecError(what, Text("Use demo, the id of a finished run, or a file."))
    saved = load_model(path)

    def digit(content: bytes) -> dict[str, Any]:
        is_strokes = content.lstrip()[:1] == b"{"
        ink = drawing_from_json(parse_json(content.decode())) if is_strokes else picture_from_bytes(content)
        prepared = prepare(ink)
        return read_digit(saved.model, prepared.image) if prepared else {"digit": None}

    def other(content: bytes) -> dict[str, Any]:
        told = read_given(saved.model, saved.network, picture_from_bytes(content, colour=True))
        return {"class": told["shares"][0][0], "probabilities": dict(told["shares"]), "image": told["image"]}

    failures = 0
    for file in options.files:
        try:
            content = file.read_bytes()
            answer = {"file": str(file), **(digit(content) if saved.network.reads.is_digits else other(content))}
        except (SpecError, OSError, UnicodeDecodeError) as error:
            failures += 1
            answer = {"file": str(file), "error": str(error)}
        if options.json:
            _emit(answer)
        else:
            print(f"{file}: {answer.get('error') or answer.get('class', answer.get('digit'))}")
    return 2 if failures else 0


def export(options: argparse.Namespace) -> int:
    network, config = _recipe(options.network)
    if options.format == "json":
        print(json.dumps(recipe_to_json(network, config), indent=2))
    else:
        print(PROGRAMS[options.format](network, config), end="")
    return 0


def _recipe(name: str) -> tuple[NetworkSpec, TrainConfig]:
    """A preset by its name, a GAN's network as in "dcgan/generator", or a network saved as JSON by its path."""
    if name in ALL_PRESETS:
        return ALL_PRESETS[name].network, ALL_PRESETS[name].config
    recipe, _, side = name.partition("/")
    if recipe in RECIPES and side in SIDES:
        return getattr(RECIPES[recipe].gan, side), TrainConfig()
    path = Path(name)
    if not path.is_file():
        what = Text("There is no network {name}.", name=repr(name))
        raise SpecError(what, Text("Use {names}, or a file saved on the Build page.", names=", ".join(ALL_PRESETS)))
    return recipe_from_json(parse_json(path.read_text(encoding="utf-8", errors="replace")))


def _on_data(name: str | None, network: NetworkSpec, config: TrainConfig) -> tuple[NetworkSpec, TrainConfig]:
    """The network and its settings on the data set called `name`; as they are without one."""
    if name is None:
        return network, config
    row = data_set(_brought_in(Path(name)) if Path(name).exists() else name)
    return follow(network, row.reads, row.shape), settings_for(config, row, data_of(network))


def _brought_in(path: Path) -> str:
    """The data set of a zip file or a folder, brought in anew in the place of what had its name."""
    from engine.data.importing import bring_in
    from engine.data.own import CONSOLE, delete_own, own_sets, title_from
    from engine.data.preparing import Wanted

    title = title_from(path.stem)
    for own in own_sets(CONSOLE):
        if own.row.title == title:
            delete_own(CONSOLE, own.row.name)
    return bring_in(path, Wanted(title), CONSOLE)


def _gan(name: str) -> GanSpec:
    """A recipe by its name, or a GAN saved as JSON by its path."""
    if name in RECIPES:
        return RECIPES[name].gan
    path = Path(name)
    if not path.is_file():
        what = Text("There is no GAN {name}.", name=repr(name))
        raise SpecError(what, Text("Use {names}, or a file with a saved one.", names=", ".join(RECIPES)))
    return GAN_CODEC.from_json(parse_json(path.read_text(encoding="utf-8", errors="replace")))


def _emit(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description="The playground without a browser.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(function: Any, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(function.__name__, help=help)
        sub.set_defaults(command=function)
        return sub

    command(networks, "the presets, with shapes and parameter counts").add_argument("--json", action="store_true")

    sets = command(data, "the data sets; bring in pictures of your own, a zip file or a folder with a folder a class")
    sets.add_argument("bring_in", nargs="?", type=Path, metavar="PATH", help="a zip file or a folder to bring in")
    sets.add_argument("--name", help="what to call them")
    sets.add_argument("--side", type=int, default=64, help="pixels a side, 16 to 96")
    sets.add_argument("--way", choices=WAY.options, default=WAY.default, help=str(WAY.help))
    sets.add_argument("--grey", action="store_true", help="without colour")
    sets.add_argument("--check", action="store_true", help="only say what would come in and what would not")
    sets.add_argument("--delete", metavar="DATA", help="delete a data set of your own")
    sets.add_argument("--json", action="store_true")

    training = command(train, "train a network")
    training.add_argument("--network", default="quick", help=f"{', '.join(ALL_PRESETS)}, or a saved JSON file")
    training.add_argument(
        "--data",
        help=f"{', '.join(SETS)}; or a zip file or folder of your own; that of the network where it is left out",
    )
    for name, param in SETTINGS.items():
        kinds: dict[str, dict[str, Any]] = {
            "int": {"type": int},
            "float": {"type": float},
            "choice": {"choices": param.options},
            "bool": {"action": "store_const", "const": True},
        }
        training.add_argument(
            f"--{name.replace('_', '-')}", help=str(param.help).replace("%", "%%"), **kinds[param.kind]
        )
    training.add_argument("--out", type=Path, help="write the trained model here (safetensors)")
    training.add_argument("--json", action="store_true", help="one JSON object a line, the last one finished")

    playing = command(gan, "train a GAN on MNIST")
    playing.add_argument("--recipe", default=DEFAULT, help=f"{', '.join(RECIPES)}, or a saved JSON file")
    playing.add_argument("--seconds", type=float, default=60.0, help="processor time to train for")
    playing.add_argument("--seed", type=int, help=str(GAN_SETTINGS["seed"].help))
    playing.add_argument("--out", type=Path, help="folder for samples.png, evolution.gif and samples.npz")
    playing.add_argument("--json", action="store_true", help="one JSON object a line, the last one finished")

    reading = command(predict, "read digits from pictures or strokes")
    reading.add_argument("files", nargs="+", type=Path)
    reading.add_argument("--model", default="demo", help="demo, the id of a finished run, or a file")
    reading.add_argument("--json", action="store_true")

    exporting = command(export, "print a network as a program or as JSON")
    exporting.add_argument("--network", default="lenet5")
    exporting.add_argument("--format", choices=FORMATS, default="pytorch")
    return parser


if __name__ == "__main__":
    sys.exit(main())
