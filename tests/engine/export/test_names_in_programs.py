"""Programs of networks with hostile names, run by real interpreters: nothing in a name is ever run."""

import ast
import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tokenize
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.__main__ import FORMATS, main
from engine.catalogue.names import MAX_NAME, clean
from engine.catalogue.params import Choice, SpecError
from engine.export.formats import PROGRAMS, recipe_from_json, recipe_from_link
from engine.files import ASSETS
from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, network_to_json
from engine.training.config import TRAIN_CODEC, TrainConfig
from engine.training.presets import PRESETS
from tests.engine.export.hostile import CHOSEN, hostile_names

CONFIG = replace(TrainConfig(), images=100, epochs=1, batch_size=50)
SMALL = PRESETS["perceptron"].network
ROLES = (SMALL, RECIPES["dcgan"].gan.generator, RECIPES["conditional"].gan.discriminator)
FIRST_LINE = "# -*- coding: utf-8 -*-"
PEEPED_AT = 5  # lines at either end of a file in which editors look for settings

# Runs each program three times, as another would, and tells what it is called; frameworks in argv may be missing.
RUN_ALL = """
import importlib, json, pathlib, runpy, sys
names = {}
for path in sorted(pathlib.Path().glob("*.py")):
    for run in (
        lambda: vars(importlib.import_module(path.stem)),
        lambda: runpy.run_path(str(path)),
        lambda: runpy.run_module(path.stem),
    ):
        try:
            names[path.stem] = run().get("NAME")
        except ModuleNotFoundError as error:
            if error.name not in sys.argv[1:]:
                raise
print(json.dumps(names))
"""


def python(version: str) -> str | None:
    """That interpreter where it is installed; it need not have torch."""
    path = shutil.which(f"python{version}")
    works = path and not subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode
    return path if works else None


OTHERS = [path for path in map(python, ("3.12", "3.13", "3.14")) if path]


def missing(interpreter: str) -> list[str]:
    program = "import importlib.util as u, sys; print(*(m for m in sys.argv[1:] if not u.find_spec(m)))"
    command = [interpreter, "-c", program, "torch", "keras", "numpy"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def run(folder: Path, interpreter: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    backend = os.environ.get("KERAS_BACKEND", "torch")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "KERAS_BACKEND": backend}
    command = [interpreter, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def as_json(name: str) -> str:
    return json.dumps({"network": network_to_json(SMALL) | {"name": name}, "training": TRAIN_CODEC.to_json(CONFIG)})


def as_link(name: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(as_json(name).encode(), 9)).decode().rstrip("=")


WAYS_IN: dict[str, Callable[[str], NetworkSpec]] = {
    "typed": lambda name: replace(SMALL, name=name),
    "file": lambda name: recipe_from_json(as_json(name))[0],
    "link": lambda name: recipe_from_link(as_link(name))[0],
}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder of exported programs of all formats, and what the network of each is called."""
    folder, called = tmp_path_factory.mktemp("programs"), {}
    for number, name in enumerate(hostile_names(120)):
        for way, read in WAYS_IN.items():
            try:
                network = read(name)
            except SpecError:
                assert len(name) > MAX_NAME
                continue
            if way != "typed" and network == replace(SMALL, name=name):
                continue  # the same program again
            for form, program in PROGRAMS.items():
                file = f"m{number}_{way}_{form}"
                source = program(replace(ROLES[number // 2 % 3], name=network.name), CONFIG if number % 2 else None)
                (folder / f"{file}.py").write_bytes(source.encode())
                called[file] = network.name
    return folder, called


@pytest.mark.parametrize("interpreter", [sys.executable, *OTHERS])
def test_no_name_is_run_when_a_program_is_imported_or_run(
    interpreter: str, programs: tuple[Path, dict[str, str]]
) -> None:
    folder, called = programs
    before, absent = sorted(folder.iterdir()), missing(interpreter)
    assert interpreter != sys.executable or "torch" not in absent
    done = run(folder, interpreter, "-c", RUN_ALL, *absent)
    assert sorted(folder.iterdir()) == before, "a name was run and left a file"
    assert done.returncode == 0, done.stderr[-2000:]
    names = json.loads(done.stdout)
    runs = {file for file in called if not absent or (file.endswith("pytorch") and "torch" not in absent)}
    assert runs <= names.keys()
    assert all((name or "") == called[file] for file, name in names.items())


@pytest.mark.parametrize("form", PROGRAMS)
@pytest.mark.parametrize("config", [CONFIG, None], ids=["training", "alone"])
def test_no_name_is_run_by_python_m(form: str, config: TrainConfig | None, tmp_path: Path) -> None:
    program = PROGRAMS[form](replace(SMALL, name=CHOSEN[0]), config)
    (tmp_path / "network.py").write_bytes(program.encode())
    for interpreter in (sys.executable, *OTHERS):
        done = run(tmp_path, interpreter, "-m", "network", str(ASSETS / "mnist"))
        assert [path.name for path in tmp_path.iterdir()] == ["network.py"]
        lacking = [module for module in missing(interpreter) if f"No module named '{module}'" in done.stderr]
        assert done.returncode == 0 or lacking, done.stderr[-2000:]


@pytest.mark.parametrize("form", PROGRAMS)
@pytest.mark.parametrize("config", [CONFIG, None], ids=["training", "alone"])
@pytest.mark.parametrize("network", ROLES, ids=lambda network: network.role)
def test_a_name_is_in_one_line_of_a_program_and_nowhere_near_its_ends(
    form: str, config: TrainConfig | None, network: NetworkSpec
) -> None:
    write = PROGRAMS[form]
    nameless = write(replace(network, name=""), config)
    for name in dict.fromkeys(map(clean, hostile_names(500))):
        source = write(replace(network, name=name), config)
        assert source.isascii()
        lines = source.splitlines()
        assert lines[0] == FIRST_LINE
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source.encode()).readline)
        assert encoding == "utf-8"
        (place,) = [i for i, line in enumerate(lines) if line.startswith("NAME = ")] if name else [PEEPED_AT]
        assert PEEPED_AT <= place < len(lines) - PEEPED_AT
        assert [line for line in lines if line and not line.startswith("NAME = ")] == list(
            filter(None, nameless.splitlines())
        )
        assert not name or ast.literal_eval(lines[place].removeprefix("NAME = ")) == name


def test_the_command_line_writes_every_format_of_any_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "network.json"
    for name in hostile_names(60):
        path.write_text(as_json(name), encoding="utf-8")
        for form in FORMATS:
            code = main(["export", "--network", str(path), "--format", form])
            written = capsys.readouterr().out
            assert code == (2 if len(name) > MAX_NAME else 0)
            assert written.isascii()
            if code == 0 and form == "json":
                assert recipe_from_json(written)[0].name == recipe_from_json(as_json(name))[0].name
            elif code == 0:
                assert written.startswith(f"{FIRST_LINE}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["network.json"]


HOSTILE: Any = "nearest')\nopen('PWNED','w')#"


@pytest.mark.parametrize("form", PROGRAMS)
def test_what_the_catalogue_does_not_know_gets_into_no_program(form: str) -> None:
    """As when a browser sends something else than one of the options that it was shown."""
    generator = RECIPES["dcgan"].gan.generator
    upsampled = replace(generator, layers=(Choice("Upsample", (("scale", 2), ("mode", HOSTILE))), *generator.layers))
    sized = replace(SMALL, layers=(SMALL.layers[0], Choice("Linear", (("units", HOSTILE),))))
    for network in (upsampled, sized, replace(SMALL, layers=(Choice(HOSTILE),)), replace(SMALL, init=HOSTILE)):
        with pytest.raises(SpecError):
            PROGRAMS[form](network, CONFIG)
    wrong: list[dict[str, Any]] = [{"seed": HOSTILE}, {"epochs": HOSTILE}, {"validation_share": HOSTILE}]
    wrong += [{"optimizer": CONFIG.optimizer.but(lr=HOSTILE)}, {"schedule": Choice(HOSTILE)}, {"images": HOSTILE}]
    for change in wrong:
        with pytest.raises(SpecError):
            PROGRAMS[form](SMALL, replace(CONFIG, **change))
