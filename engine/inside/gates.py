"""What a recurrent layer does at every step: its gates and what it remembers, recomputed from its weights."""

from typing import Any

import torch
from torch import Tensor, nn


def gates(layer: nn.RNNBase, x: Tensor, backwards: bool = False) -> dict[str, Tensor]:
    """Gates and states of a recurrent layer that reads (T, F), each (T, H), by name; `hidden` is what torch gives out.
    Backwards it reads the last step first; the rows stay in the order of the steps.
    https://pytorch.org/docs/stable/nn.html#recurrent-layers"""
    end = "_l0_reverse" if backwards else "_l0"
    at = [getattr(layer, f"{name}{end}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    steps = x.flip(0) if backwards else x
    came = steps @ at[0].T + at[2]
    told = _STEPS[layer.mode](came, at[1], at[3])
    return {name: rows.flip(0) if backwards else rows for name, rows in told.items()}


def _rnn(came: Tensor, recurrent: Tensor, bias: Tensor) -> dict[str, Tensor]:
    hidden, states = came.new_zeros(recurrent.shape[1]), list[Tensor]()
    for row in came:
        hidden = torch.tanh(row + recurrent @ hidden + bias)
        states.append(hidden)
    return {"hidden": torch.stack(states)}


def _lstm(came: Tensor, recurrent: Tensor, bias: Tensor) -> dict[str, Tensor]:
    hidden = cell = came.new_zeros(recurrent.shape[1])
    noted: dict[str, list[Tensor]] = {name: [] for name in ("hidden", "forget", "input", "output", "cell")}
    for row in came:
        i, f, g, o = (row + recurrent @ hidden + bias).chunk(4)
        i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()
        cell = f * cell + i * g.tanh()
        hidden = o * cell.tanh()
        for name, value in zip(noted, (hidden, f, i, o, cell), strict=True):
            noted[name].append(value)
    return {name: torch.stack(rows) for name, rows in noted.items()}


def _gru(came: Tensor, recurrent: Tensor, bias: Tensor) -> dict[str, Tensor]:
    hidden = came.new_zeros(recurrent.shape[1])
    noted: dict[str, list[Tensor]] = {name: [] for name in ("hidden", "reset", "update")}
    for row in came:
        (reset, update, new), (by_reset, by_update, by_new) = row.chunk(3), (recurrent @ hidden + bias).chunk(3)
        reset, update = (reset + by_reset).sigmoid(), (update + by_update).sigmoid()
        hidden = (1 - update) * torch.tanh(new + reset * by_new) + update * hidden
        for name, value in zip(noted, (hidden, reset, update), strict=True):
            noted[name].append(value)
    return {name: torch.stack(rows) for name, rows in noted.items()}


_STEPS: dict[str, Any] = {"RNN_TANH": _rnn, "LSTM": _lstm, "GRU": _gru}
MOST_READINGS = 64


def readings(layer: nn.Module, rest: nn.Module, x: Tensor) -> Tensor | None:
    """What the network reads after every step: `rest` of what the layer makes of the first steps of (T, F) alone, as
    shares (T, 10). None where the rest needs all steps, or where there are too many."""
    if len(x) > MOST_READINGS:
        return None
    try:
        with torch.no_grad():
            scores = torch.cat([rest(layer(x[None, : t + 1])) for t in range(len(x))])
    except RuntimeError:  # sizes that do not fit
        return None
    return scores.softmax(1) if scores.dim() == 2 and scores.shape[1] == 10 else None
