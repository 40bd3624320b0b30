"""Augmentation while training: each change by itself, on whole batches."""

import torch

from engine.catalogue.augmentation import changes_meaning
from engine.data.augmentation import augment, bend
from engine.data.mnist import load_mnist, normalise
from engine.network.spec import DIGITS
from engine.training.config import TrainConfig
from engine.training.preview import batch_before_and_after

PAPER = DIGITS.paper
IMAGES = normalise(load_mnist().train_images[:40])


def close(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Which pictures (N,) are the same."""
    return (a - b).abs().amax((1, 2, 3)) < 1e-4


def test_without_any_setting_pictures_stay_as_they_are() -> None:
    assert close(augment(IMAGES, PAPER), IMAGES).all()


def test_about_half_of_the_pictures_are_mirrored() -> None:
    torch.manual_seed(0)
    flipped = augment(IMAGES, PAPER, horizontal_flip=True)
    mirrored, kept = close(flipped, IMAGES.flip(3)), close(flipped, IMAGES)
    assert (mirrored | kept).all() and 10 < int(mirrored.sum()) < 30


def test_a_shift_moves_a_picture_by_up_to_its_part_of_the_side() -> None:
    torch.manual_seed(1)
    moved = augment(IMAGES, PAPER, width_shift_range=0.1)
    columns = torch.arange(28.0)

    def centre(pictures: torch.Tensor) -> torch.Tensor:
        ink = (pictures - PAPER).sum((1, 2))
        return (ink * columns).sum(1) / ink.sum(1)

    by = (centre(moved) - centre(IMAGES)).abs()
    assert by.max() < 2.9 and by.max() > 2.0


def test_elastic_distortion_moves_places_by_about_so_many_pixels_and_neighbours_alike() -> None:
    torch.manual_seed(2)
    moves = bend(400, 28, 28, 2.0) * 14  # in pixels
    at_grid = moves[:, :: 27 // 3, :: 27 // 3]
    assert 1.0 < float(at_grid.std()) < 2.2 and abs(float(moves.mean())) < 0.1
    assert float((moves[:, 1:] - moves[:, :-1]).abs().mean()) < 0.5
    bent = augment(IMAGES, PAPER, elastic=1.0)
    assert not close(bent, IMAGES).any()
    ink, before = (bent - PAPER).sum((1, 2, 3)), (IMAGES - PAPER).sum((1, 2, 3))
    assert (ink / before - 1).abs().mean() < 0.15, "what is drawn stays about as much"


def test_upside_down_is_every_other_picture() -> None:
    torch.manual_seed(0)
    flipped = augment(IMAGES, PAPER, vertical_flip=True)
    turned, kept = close(flipped, IMAGES.flip(2)), close(flipped, IMAGES)
    assert (turned | kept).all() and 10 < int(turned.sum()) < 30


def test_an_erased_picture_has_less_ink_and_the_same_seed_gives_the_same_batch() -> None:
    batches = []
    for _ in range(2):
        torch.manual_seed(3)
        batches.append(augment(IMAGES, PAPER, erase=0.5, rotation_range=10.0, zoom_range=0.1))
    assert torch.equal(*batches)
    torch.manual_seed(0)
    assert (augment(IMAGES, PAPER, erase=1.0).sum((1, 2, 3)) < IMAGES.sum((1, 2, 3)) + 1).all()


def test_what_makes_another_digit_of_a_digit_is_named() -> None:
    assert len(list(changes_meaning(TrainConfig(horizontal_flip=True, vertical_flip=True, rotation_range=180.0)))) == 3
    assert not list(changes_meaning(TrainConfig(rotation_range=15.0)))


def test_the_preview_leaves_the_random_state_of_its_process_alone() -> None:
    state = torch.get_rng_state()
    before, after = batch_before_and_after(TrainConfig(rotation_range=20.0), load_mnist())
    assert before.shape == after.shape == (28, 28 * 6) and not torch.equal(before, after)
    assert torch.equal(state, torch.get_rng_state())
