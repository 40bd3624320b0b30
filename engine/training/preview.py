"""Shows what augmentation and noise do to a batch of pictures before anything is trained with them."""

import torch
from torch import Tensor

from engine.data.augmentation import augment
from engine.data.mnist import Data, normalise
from engine.network.build import seeded
from engine.training.config import TrainConfig

SHOWN = 6
FIRST = 2  # a mirrored 2 and an overturned 6 tell most


def batch_before_and_after(config: TrainConfig, data: Data) -> tuple[Tensor, Tensor]:
    """The same pictures of six classes twice, uint8 (H, W * 6) or (3, H, W * 6): as the data set has them, and as a
    training with the settings and the seed of `config` might show them to the network."""
    reads = data.reads
    images = data.test_images[_places(data)]
    with seeded(config.seed):
        changed = augment(normalise(images, reads), reads.paper, **config.augmentation)
        changed = changed + config.input_noise * torch.randn_like(changed)
    pixels = ((changed * reads.std + reads.mean).clamp(0, 1) * 255).byte()
    return _in_a_row(images), _in_a_row(pixels.view(images.shape))


def _places(data: Data) -> list[int]:
    """The first test picture of each class shown; of few classes, more of each."""
    classes = range(len(data.reads.classes))
    of_class = [(data.test_labels == one).nonzero().flatten().tolist() for one in classes]
    first = FIRST if len(classes) >= FIRST + SHOWN else 0
    nth = ((places, turn) for turn in range(SHOWN) for places in (of_class[first:] + of_class[:first]))
    return [places[turn] for places, turn in nth if turn < len(places)][:SHOWN]


def _in_a_row(images: Tensor) -> Tensor:
    """(N, H, W) to (H, N W), or (N, 3, H, W) to (3, H, N W)."""
    return torch.cat(list(images), -1)
