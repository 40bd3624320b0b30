"""Which step looks at which: the weights of attention."""

import math

from torch import Tensor

from engine.network.own_layers import SelfAttention


def looks(layer: SelfAttention, x: Tensor) -> Tensor:
    """How much each step of (T, F) looks at each other one, (heads, T, T): every row adds up to 1.
    https://arxiv.org/abs/1706.03762"""
    query, key, _ = layer.qkv(x).unflatten(1, (3, layer.heads, -1)).permute(1, 2, 0, 3)
    weights: Tensor = (query @ key.transpose(1, 2) / math.sqrt(query.shape[2])).softmax(2)
    return weights
