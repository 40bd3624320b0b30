"""What a network that reads other pictures than digits makes of test pictures, or of a picture that somebody gives."""

from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn

from engine.catalogue.params import SpecError
from engine.data.fitting import WAY, border, fit
from engine.data.found import data_of, load_data
from engine.network.spec import NetworkSpec
from engine.training.predict import as_image, data_url, probabilities

COVERS = 8  # grey squares beside one another, half over each other, in the search for what counts
AT_ONCE = 32  # covered pictures read together
MORE_INK, LESS_INK = (213, 94, 0), (0, 114, 178)  # where covering makes the answer less sure, and surer
SHOWN, NAMED = 8, 4  # test pictures at once; classes named of each
LIGHT = 127  # a border above it is paper


def read_tests(model: nn.Sequential, network: NetworkSpec, first: int) -> dict[str, Any]:
    """`{"pictures": [{"image", "true", "shares": [[class, share], ...]}, ...], "count"}`, of the test pictures from
    number `first` on, the beginning after the end. Raises SpecError where the data set is gone."""
    count, data = data_of(network).test, load_data(network)
    places = torch.arange(first, first + min(SHOWN, count)) % max(1, count)
    images, labels = data.test_images[places], data.test_labels[places].tolist()
    pictures = [
        {"image": data_url(as_image(image)), "true": network.reads.classes[label], "shares": shares}
        for image, label, shares in zip(images, labels, _answers(model, images, network), strict=True)
    ]
    return {"pictures": pictures, "count": count}


def read_given(model: nn.Sequential, network: NetworkSpec, picture: Image.Image) -> dict[str, Any]:
    """`{"image", "shares"}` of an upright picture."""
    image = as_seen(network, picture)
    shares = _answers(model, image.unsqueeze(0), network)[0]
    return {"image": data_url(as_image(image)), "shares": shares}


def what_counts(model: nn.Sequential, network: NetworkSpec, image: Tensor) -> dict[str, Any]:
    """`{"read", "share", "least", "map"}` of a picture (H, W) or (3, H, W) as the network sees it: how sure it is of
    the class it reads, how sure with the worst square covered in grey, and as a PNG to lay over the picture which
    places count (occlusion, https://arxiv.org/abs/1311.2901)."""
    reads, (high, wide) = network.reads, image.shape[-2:]
    side, every = max(1, 2 * high // (COVERS + 1)), max(1, high // (COVERS + 1))
    places = [(row, column) for row in range(0, high - side + 1, every) for column in range(0, wide - side + 1, every)]
    whole = torch.nan_to_num(probabilities(model, image.unsqueeze(0), reads))[0]
    read, covered = int(whole.argmax()), image.repeat(len(places), *[1] * image.dim())
    for one, (row, column) in zip(covered, places, strict=True):
        one[..., row : row + side, column : column + side] = round(255 * reads.mean)
    parts = [probabilities(model, some, reads)[:, read] for some in torch.split(covered, AT_ONCE)]
    sure = torch.nan_to_num(torch.cat(parts))
    drops, count = torch.zeros(high, wide), torch.zeros(high, wide)
    for (row, column), drop in zip(places, (whole[read] - sure).tolist(), strict=True):
        drops[row : row + side, column : column + side] += drop
        count[row : row + side, column : column + side] += 1
    return {
        "read": reads.classes[read],
        "share": round(float(whole[read]), 4),
        "least": round(float(sure.min()), 4),
        "map": data_url(_ink(drops / count.clamp(min=1))),
    }


def shown_test(network: NetworkSpec, number: int) -> Tensor:
    """The test picture of a number, the beginning after the end. Raises SpecError where the data set is gone."""
    images = load_data(network).test_images
    return images[number % max(1, len(images))]


def as_seen(network: NetworkSpec, picture: Image.Image) -> Tensor:
    """An upright picture as the network sees it, uint8 (H, W) or (3, H, W): made as those of the data set are, also
    where these were deleted."""
    way, light = _made(network)
    if light and border(np.asarray(picture.convert("L"))) > LIGHT:
        picture = ImageOps.invert(picture)
    return torch.from_numpy(fit(picture, network.input_shape, way, network.reads.empty).copy())


def _ink(drops: Tensor) -> Image.Image:
    """A picture to lay over another: clear where covering changes nothing, the stronger the more it does."""
    strength = drops / drops.abs().max().clamp(min=1e-6)
    ink = torch.tensor([MORE_INK, LESS_INK])[(strength < 0).long()]
    alpha = (strength.abs() * 200).round().unsqueeze(-1)
    return Image.fromarray(torch.cat([ink, alpha], -1).to(torch.uint8).numpy(), "RGBA")


def _made(network: NetworkSpec) -> tuple[str, bool]:
    """How the pictures of its data set were made square, and whether they are light on dark."""
    try:
        row = data_of(network)
    except SpecError:
        return str(WAY.default), False
    return row.way, row.is_light_on_dark


def _answers(model: nn.Sequential, images: Tensor, network: NetworkSpec) -> list[list[tuple[str, float]]]:
    """For each picture the classes that get the largest shares, the largest first."""
    classes = network.reads.classes
    top = torch.nan_to_num(probabilities(model, images, network.reads)).topk(min(NAMED, len(classes)))
    return [
        [(classes[place], round(share, 4)) for place, share in zip(places, shares, strict=True)]
        for places, shares in zip(top.indices.tolist(), top.values.tolist(), strict=True)
    ]
