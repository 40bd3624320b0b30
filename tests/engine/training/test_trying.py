"""What counts in a picture: a grey square on it makes the answer less sure just where the network looks."""

import base64
import io

import numpy as np
import torch
from PIL import Image

from engine.data.sets import FASHION, follow
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.predict import probabilities
from engine.training.trying import MORE_INK, shown_test, what_counts

NETWORK = follow(NetworkSpec((layer("Flatten"), layer("Linear", units=10))), FASHION.reads, FASHION.shape)


def test_places_that_count_are_those_that_the_network_looks_at() -> None:
    model, corner = build(plan(NETWORK)), torch.zeros(28, 28)
    corner[:6, :6] = 0.5
    with torch.no_grad():
        model[1].weight.zero_()  # type: ignore[operator]
        model[1].bias.zero_()  # type: ignore[operator]
        model[1].weight[3] = corner.flatten()  # type: ignore[operator]
    image = torch.full((28, 28), 255, dtype=torch.uint8)
    told = what_counts(model, NETWORK, image)
    assert told["read"] == FASHION.reads.classes[3]
    assert told["share"] == round(float(probabilities(model, image.unsqueeze(0), FASHION.reads)[0, 3]), 4)
    grey = image.clone()
    grey[:6, :6] = round(255 * FASHION.reads.mean)
    assert told["least"] == round(float(probabilities(model, grey.unsqueeze(0), FASHION.reads)[0, 3]), 4)
    ink = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["map"].partition(",")[2]))))
    assert ink.shape == (28, 28, 4)
    assert ink[2, 2, 3] == 200 and tuple(ink[2, 2, :3]) == MORE_INK
    assert not ink[14:, 14:, 3].any(), "what it does not look at stays clear"


def test_a_network_that_looks_at_nothing_gets_a_clear_map() -> None:
    model = build(plan(NETWORK))
    with torch.no_grad():
        model[1].weight.zero_()  # type: ignore[operator]
    told = what_counts(model, NETWORK, shown_test(NETWORK, 2_003))
    assert told["least"] == told["share"]
    ink = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["map"].partition(",")[2]))))
    assert not ink[..., 3].any()
    assert torch.equal(shown_test(NETWORK, 2_003), shown_test(NETWORK, 3)), "after the end comes the beginning"
