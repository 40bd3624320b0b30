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
    """`{"image", "shares"}` of an upright picture, made as those of the data set are, also where these
    were deleted."""
    way, light = _made(network)
    if light and border(np.asarray(picture.convert("L"))) > LIGHT:
        picture = ImageOps.invert(picture)
    image = torch.from_numpy(fit(picture, network.input_shape, way, network.reads.empty).copy())
    shares = _answers(model, image.unsqueeze(0), network)[0]
    return {"image": data_url(as_image(image)), "shares": shares}


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
