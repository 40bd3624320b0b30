"""MNIST as it is loaded, split and normalised, and what damage to its files leads to."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.catalogue.params import SpecError
from engine.data import mnist
from engine.data.mnist import MD5, SOURCE, load_mnist, normalise, split
from engine.training.config import TrainConfig

IMAGES = "train-images-idx3-ubyte"


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the copies go, in a data folder of the test's own; every load starts afresh."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    load_mnist.cache_clear()
    yield tmp_path / "mnist"
    load_mnist.cache_clear()
    shutil.rmtree(tmp_path, ignore_errors=True)  # 55 MB a test


@pytest.fixture
def no_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mnist, "SOURCE", tmp_path / "nowhere")


def load_again() -> mnist.Data:
    load_mnist.cache_clear()
    return load_mnist()


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def test_the_whole_data_set_has_the_canonical_sums_and_shapes(copies: Path) -> None:
    data = load_mnist()
    assert data.train_images.shape == (60_000, 28, 28) and data.test_images.shape == (10_000, 28, 28)
    assert data.train_images.dtype == torch.uint8 and data.train_labels.dtype == torch.int64
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9] and data.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert {name: md5((copies / name).read_bytes()) for name in MD5} == MD5
    raw = gzip.decompress((SOURCE / f"{IMAGES}.gz").read_bytes())
    assert data.train_images.numpy().tobytes() == raw[16:]


def test_pixels_are_mapped_from_the_file_and_writing_to_them_leaves_it_alone(copies: Path) -> None:
    data = load_mnist()
    data.train_images[0].fill_(7)
    assert md5((copies / IMAGES).read_bytes()) == MD5[IMAGES]
    assert load_again().train_images[0, 0, 0] == 0


def test_a_second_load_needs_neither_the_source_nor_a_new_copy(copies: Path, request: pytest.FixtureRequest) -> None:
    load_mnist()
    before = {path.name: path.stat().st_mtime_ns for path in copies.iterdir()}
    request.getfixturevalue("no_source")
    load_again()
    assert {path.name: path.stat().st_mtime_ns for path in copies.iterdir()} == before


@pytest.mark.parametrize("damage", ["truncated", "changed", "emptied", "removed"])
def test_a_damaged_copy_mends_itself(copies: Path, damage: str) -> None:
    load_mnist()
    load_mnist.cache_clear()
    copy = copies / IMAGES
    content = copy.read_bytes()
    match damage:
        case "truncated":
            copy.write_bytes(content[:1_000_000])
        case "changed":
            copy.write_bytes(content[:-1] + b"\xff")
        case "emptied":
            copy.write_bytes(b"")
        case "removed":
            copy.unlink()
    assert load_mnist().train_images.numpy().tobytes() == content[16:]
    assert md5(copy.read_bytes()) == MD5[IMAGES]


def test_a_lost_or_nonsensical_seal_means_verifying_again(copies: Path, request: pytest.FixtureRequest) -> None:
    load_mnist()
    for seal in copies.glob("*.json"):
        seal.write_text("[nonsense")
    request.getfixturevalue("no_source")
    assert load_again().train_labels[0] == 5
    assert all(b"md5" in seal.read_bytes() for seal in copies.glob("*.json"))


@pytest.mark.parametrize("damage", ["truncated", "not gzip", "another file", "missing"])
def test_a_damaged_source_is_named_with_its_cure(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    source = tmp_path / "source"
    shutil.copytree(SOURCE, source)
    monkeypatch.setattr(mnist, "SOURCE", source)
    labels = source / "t10k-labels-idx1-ubyte.gz"
    match damage:
        case "truncated":
            labels.write_bytes(labels.read_bytes()[:2000])
        case "not gzip":
            labels.write_bytes(b"<html>404</html>")
        case "another file":
            labels.write_bytes(gzip.compress(b"other"))
        case "missing":
            labels.unlink()
    with pytest.raises(SpecError, match=r"t10k-labels-idx1-ubyte.gz is (damaged|missing)\. Put the original back"):
        load_mnist()
    assert not (copies / "t10k-labels-idx1-ubyte").exists()


def test_without_a_writable_data_folder_the_data_is_held_in_memory(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("PLAYGROUND_DATA", str(blocked / "data"))
    assert load_mnist().train_images.shape == (60_000, 28, 28)
    assert not copies.exists()


def test_processes_that_start_at_once_do_not_hurt_each_other(copies: Path) -> None:
    code = "from engine.data.mnist import load_mnist as l; d = l(); print(int(d.train_images.sum(dtype=int)))"
    code = code.replace("dtype=int", "dtype=__import__('torch').int64")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, text=True)
        for _ in range(3)
    ]
    sums = {process.communicate(timeout=120)[0].strip() for process in started}
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sums == {str(int(load_mnist().train_images.sum(dtype=torch.int64)))}
    assert len(list(copies.iterdir())) == 8


def test_the_last_5000_validate_by_default() -> None:
    train, validation = split(TrainConfig(), load_mnist().train_labels)
    assert torch.equal(train, torch.arange(55_000)) and torch.equal(validation, torch.arange(55_000, 60_000))


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize(("images", "share"), [(1000, 0.2), (101, 0.37), (59_999, 1 / 3)])
def test_each_picture_is_held_back_by_one_fold_at_most(images: int, share: float, stratified: bool) -> None:
    labels = load_mnist().train_labels
    config = replace(TrainConfig(), images=images, validation_share=share, stratified=stratified)
    times = torch.zeros(images)
    for fold in range(1, config.folds + 1):
        train, validation = split(replace(config, fold=fold), labels)
        assert (len(train), len(validation)) == (config.train_images, config.validation_images)
        assert not set(train.tolist()) & set(validation.tolist())
        times[validation.long()] += 1
    if not stratified:
        assert times.max() == 1 and times.sum() == config.folds * config.validation_images
    else:  # a class may have no whole number of pictures in a fold
        assert times.max() <= 2 and (times == 1).float().mean() > 0.95 * config.folds * share


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize(("images", "share"), [(100, 0.1), (101, 0.37), (1000, 0.0), (2345, 0.5), (60_000, 1 / 12)])
def test_a_split_is_disjoint_complete_and_as_large_as_the_settings_say(
    images: int, share: float, stratified: bool
) -> None:
    config = replace(TrainConfig(), images=images, validation_share=share, stratified=stratified)
    train, validation = split(config, load_mnist().train_labels)
    assert (len(train), len(validation)) == (config.train_images, config.validation_images)
    assert torch.equal(torch.cat([train, validation]).sort().values, torch.arange(images))
    assert torch.equal(split(config, load_mnist().train_labels)[1], validation)


def test_a_stratified_split_holds_back_the_last_share_of_every_digit() -> None:
    labels = load_mnist().train_labels
    config = replace(TrainConfig(), images=10_000, validation_share=0.2, stratified=True)
    train, validation = split(config, labels)
    for digit in range(10):
        mine, held_back = train[labels[train] == digit], validation[labels[validation] == digit]
        assert abs(len(held_back) - 0.2 * (len(mine) + len(held_back))) < 1
        assert mine.max() < held_back.min()


SHARED = [(1.0, 500, 500), (0.4, 500, 500), (10.0, 1223, 122), (100.0, 2015, 20)]


@pytest.mark.parametrize(("imbalance", "first", "last"), SHARED)
@pytest.mark.parametrize("stratified", [False, True])
def test_classes_are_shared_out_as_imbalanced_as_the_settings_say(
    imbalance: float, first: int, last: int, stratified: bool
) -> None:
    config = TrainConfig(images=5000, imbalance=imbalance, stratified=stratified)
    labels = load_mnist().train_labels
    train, validation = split(config, labels)
    both = torch.cat([train, validation]).long()
    counts = torch.bincount(labels[both]).tolist()
    assert tuple(counts) == config.class_images(10) and counts == sorted(counts, reverse=True)
    assert (counts[0], counts[-1]) == pytest.approx((first, last), abs=2) and len(set(both.tolist())) == 5000
    assert (len(train), len(validation)) == (config.train_images, config.validation_images)
    shares = [torch.bincount(labels[part.long()], minlength=10) / len(part) for part in (train, validation)]
    assert (shares[0] - shares[1]).abs().max() < 0.004, "both parts are alike"
    of_zero = (labels == 0).nonzero().flatten()[: counts[0]]
    assert set(of_zero.tolist()) <= set(both.tolist()), "the first ones of each class"


def test_as_they_come_is_the_first_ones() -> None:
    train, validation = split(TrainConfig(images=1000), load_mnist().train_labels)
    assert torch.cat([train, validation]).tolist() == list(range(1000))


def test_normalised_pixels_follow_the_textbook_and_average_to_zero() -> None:
    images = load_mnist().train_images[::20]
    textbook = (images.unsqueeze(1).float() / 255 - 0.1307) / 0.3081
    assert torch.allclose(normalise(images), textbook, atol=1e-6)
    assert torch.equal(normalise(images.float()), normalise(images))
    everything = normalise(load_mnist().train_images)
    assert abs(everything.mean()) < 1e-3 and abs(everything.std() - 1) < 1e-3
