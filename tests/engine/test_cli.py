"""The command line, run as a person would: what trains or reads in a process of its own, what only tells in ours."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from engine.__main__ import main
from engine.export.formats import pytorch_code, recipe_to_json
from engine.files import ASSETS
from engine.gan.recipes import RECIPES
from engine.training.architectures import ALL_PRESETS
from engine.training.presets import PRESETS

ROOT = Path(__file__).parents[2]
SEVEN = {"size": [280, 280], "width": 18, "strokes": [[[80, 70], [200, 75], [130, 230]]]}


def engine(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "engine", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


def messages(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command writes, once it has done well."""
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_networks_are_listed_with_their_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {m["network"]: m["parameters"] for m in messages(engine("networks", "--json"))}
    assert list(counts) == list(ALL_PRESETS)
    assert counts["mlp"] == 101_770
    assert "121,930 parameters" in printed(capsys, "networks")


@pytest.mark.long
def test_quick_with_seed_0_ends_at_what_the_home_page_promises() -> None:
    done = engine("train", "--network", "quick", "--seed", "0", "--json")
    last = messages(done)[-1]
    assert last["event"] == "finished"
    assert last["test_accuracy"] >= 0.985
    assert {"test_loss", "samples_per_second", "train_seconds", "parameters"} <= set(last)
    assert "epoch 2/2" in done.stderr


def test_a_saved_network_trains_and_its_model_reads(tmp_path: Path) -> None:
    recipe = tmp_path / "mine.json"
    recipe.write_text(json.dumps(recipe_to_json(PRESETS["perceptron"].network, PRESETS["perceptron"].config)))
    model = tmp_path / "mine.safetensors"
    done = engine("train", "--network", recipe, "--images", "3000", "--epochs", "1", "--out", model)
    assert done.returncode == 0, done.stderr
    strokes = tmp_path / "seven.json"
    strokes.write_text(json.dumps(SEVEN))
    (answer,) = messages(engine("predict", strokes, "--model", model, "--json"))
    assert answer["digit"] == max(range(10), key=answer["probabilities"].__getitem__)


def test_all_cores_are_used_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    small = ["train", "--network", "perceptron", "--images", "100", "--epochs", "1"]
    assert main([*small, "--cores", "all"]) == 0 and threads == [os.cpu_count()]
    assert main(small) == 0 and len(threads) == 1


def test_predict_reads_strokes_and_pictures_and_refuses_what_is_neither(tmp_path: Path) -> None:
    strokes, picture, text = tmp_path / "seven.json", tmp_path / "seven.png", tmp_path / "text.png"
    strokes.write_text(json.dumps(SEVEN))
    paper = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(paper).line([(80, 70), (200, 75), (130, 230)], fill=20, width=18, joint="curve")
    paper.save(picture)
    text.write_text("not a picture")
    done = engine("predict", strokes, picture, text, "--json")
    drawn, painted, refused = messages(done)
    assert (drawn["digit"], painted["digit"]) == (7, 7)
    assert drawn["probabilities"][7] > 0.9
    assert refused["error"]
    assert done.returncode == 2


def test_a_gan_writes_pictures_a_film_and_numbers(tmp_path: Path) -> None:
    done = engine("gan", "--seconds", "1", "--seed", "3", "--out", tmp_path, "--json")
    first, *_, last = messages(done)
    assert (first["event"], first["conditional"]) == ("gan_started", True)
    assert last["event"] == "finished"
    assert {"fid", "digits_covered", "generator_steps", "agreement"} <= set(last)
    assert last["generator_steps"] > 3
    with np.load(tmp_path / "samples.npz") as samples:
        assert (samples["images"].shape, samples["images"].dtype) == ((2000, 28, 28), np.uint8)
        assert np.bincount(samples["labels"]).tolist() == [200] * 10
    with Image.open(tmp_path / "samples.png") as sheet, Image.open(tmp_path / "evolution.gif") as film:
        assert sheet.size == (280, 280)
        assert film.format == "GIF"
        assert 2 <= getattr(film, "n_frames", 1) <= last["frames"]  # Pillow joins frames that are alike
    again = engine("gan", "--recipe", tmp_path / "gan.json", "--seconds", "0.2", "--json")
    assert messages(again)[-1]["event"] == "finished"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gan", "--recipe", "nope"], "no GAN"),
        (["gan", "--seconds", "0"], "0 seconds"),
        (["gan", "--seed", "-1"], "Seed is -1"),
        (["train", "--network", "nope"], "no network"),
        (["train", "--epochs", "0"], "Epochs is 0"),
        (["train", "--batch-size", "1000000"], "Batch size"),
        (["predict", "x.png", "--model", "nope"], "no model"),
    ],
)
def test_a_mistake_is_one_sentence_and_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1


def test_export_prints_programs_and_recipes(capsys: pytest.CaptureFixture[str]) -> None:
    preset = PRESETS["lenet5"]
    assert engine("export", "--network", "lenet5").stdout == pytorch_code(preset.network, preset.config)
    assert "import keras" in printed(capsys, "export", "--network", "lenet5", "--format", "keras")
    recipe = json.loads(printed(capsys, "export", "--network", "lenet5", "--format", "json"))
    assert recipe == recipe_to_json(preset.network, preset.config)


def test_both_networks_of_a_gan_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    generator = RECIPES["dcgan"].gan.generator
    assert printed(capsys, "export", "--network", "dcgan/generator") == pytorch_code(generator)
    discriminator = printed(capsys, "export", "--network", "dcgan/discriminator", "--format", "json")
    assert '"role": "discriminator"' in discriminator


def test_pictures_of_one_s_own_come_in_are_learned_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    with zipfile.ZipFile(ASSETS / "balls" / "balls.zip") as archive:
        archive.extractall(tmp_path, [name for name in archive.namelist() if int(name[-7:-4]) <= 30])
    (tmp_path / "balls" / "football" / "x.jpg").write_text("words")
    assert main(["data", str(tmp_path / "balls"), "--check", "--side", "24", "--grey"]) == 0
    told = capsys.readouterr()
    assert (
        "1 × 24 × 24  3 classes" in told.out and "left out 1, This file is not a picture.: football/x.jpg" in told.err
    )
    assert "own-" not in printed(capsys, "data")
    model = str(tmp_path / "mine.safetensors")
    train = [
        "train",
        "--network",
        "photo",
        "--data",
        str(tmp_path / "balls"),
        "--epochs",
        "8",
        "--out",
        model,
        "--json",
    ]
    for _ in range(2):  # the second time in the place of the first
        last = json.loads(printed(capsys, *train).splitlines()[-1])
    assert last["event"] == "finished" and last["test_accuracy"] > 0.5
    assert printed(capsys, "data").count("own-") == 1
    picture = str(tmp_path / "balls" / "football" / "001.jpg")
    assert json.loads(printed(capsys, "predict", picture, "--model", model, "--json"))["class"] in (
        "football",
        "basketball",
        "tennis ball",
    )
    assert main(["train", "--data", "nowhere"]) == 2
