"""Reads digits with a model: ten probabilities for each picture, and the answer as JSON."""

import base64
import io
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from engine.data.mnist import normalise
from engine.network.spec import DIGITS, Reads


def probabilities(model: nn.Sequential, images: Tensor, reads: Reads = DIGITS) -> Tensor:
    """uint8 `(N, H, W)` or `(N, 3, H, W)`, digits as light ink on 0, to `(N, K)`, of K classes; dropout and batch
    statistics are off while it reads."""
    last = model[-1] if len(model) else None
    convolutional = any(isinstance(layer, nn.Conv2d) for layer in model.modules())
    device = next((p.device for p in model.parameters()), images.device)
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            # 100 pictures at a time keep the feature maps in the cache.
            chunks = torch.split(images, 100 if convolutional else 1000)
            scores = torch.cat([model(_batch(chunk.to(device), reads, convolutional)) for chunk in chunks])
    finally:
        model.train(was_training)
    return (scores if isinstance(last, nn.Softmax) else scores.softmax(1)).to(images.device)


def _batch(images: Tensor, reads: Reads, convolutional: bool) -> Tensor:
    batch = normalise(images, reads)
    return batch.to(memory_format=torch.channels_last) if convolutional else batch


def read_digit(model: nn.Sequential, image: np.ndarray[Any, np.dtype[np.uint8]]) -> dict[str, Any]:
    """`{"digit", "probabilities": [10], "image"}` for one prepared `(28, 28)` image, sent back as a data URL."""
    shares = probabilities(model, torch.from_numpy(image).unsqueeze(0))[0].tolist()
    return {
        "digit": max(range(len(shares)), key=shares.__getitem__),
        "probabilities": [round(share, 6) for share in shares],
        "image": data_url(Image.fromarray(image)),
    }


def as_image(pixels: Tensor) -> Image.Image:
    """uint8 `(H, W)` or `(3, H, W)` as a picture."""
    return Image.fromarray((pixels if pixels.dim() == 2 else pixels.permute(1, 2, 0)).contiguous().numpy())


def data_url(image: Image.Image) -> str:
    """The picture as a PNG inside a URL."""
    with io.BytesIO() as file:
        image.save(file, "PNG", compress_level=1)
        return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
