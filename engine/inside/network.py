"""A network that is looked into: its plan and its model."""

import hashlib
from dataclasses import dataclass

import torch
from torch import nn

from engine.inside.flow import Stage, follow
from engine.network.spec import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The model is in evaluation mode; `learning` tells whether there will be another one soon."""

    plan: Plan
    model: nn.Sequential
    learning: bool = False

    @property
    def mark(self) -> str:
        """The same for the same network with the same weights, whenever it was loaded: 24 hexadecimal digits."""
        digest = hashlib.blake2b(repr(self.plan.network).encode(), digest_size=12)
        for tensor in self.model.state_dict().values():
            digest.update(tensor.detach().contiguous().numpy())
        return digest.hexdigest()

    def stages(self) -> list[Stage]:
        """At work on an empty page."""
        return follow(self.plan, self.model, torch.zeros(28, 28, dtype=torch.uint8))
