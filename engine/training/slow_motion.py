"""Shows one step of a classifier in slow motion: measures its four phases without changing the training."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call

from engine.catalogue.losses import LOSSES
from engine.training.config import TrainConfig
from engine.training.events import StepDone, StepShown
from engine.training.layer_stats import LayerMeter, finite


class Slow:
    """Make it before a step, call `after_backward` between the gradients and the update, `shown` at the end."""

    def __init__(
        self,
        model: nn.Sequential,
        config: TrainConfig,
        loss_of: Callable[[Tensor, Tensor], Tensor],
        batch: tuple[Tensor, Tensor],
    ) -> None:
        self.model, self.config, self.loss_of, (self.images, self.labels) = model, config, loss_of, batch
        kind = batch[0].device.type
        self.chances = [torch] if kind == "cpu" else [torch, torch.get_device_module(kind)]
        self.random = [chance.get_rng_state() for chance in self.chances]

    def after_backward(self, outputs: Tensor) -> None:
        """Note what the forward pass gave."""
        self.share, self.correct = self.read(outputs.detach())

    def shown(self, done: StepDone, meter: LayerMeter) -> StepShown:
        """The step that has ended as `done`, measured by `meter`. Reads the batch once more with the new weights."""
        outputs = self.read_again()
        share, correct = self.read(outputs)
        loss, classes = LOSSES[self.config.loss.kind], outputs.shape[1]
        return StepShown(
            done.step,
            *(len(self.labels), self.share, self.correct),
            *(finite(done.loss), loss.doc, loss.chance(classes)),
            meter.names,
            tuple(meter.gradients),
            *(self.config.optimizer.kind, done.lr),
            meter.ratios,
            finite(self.loss_of(outputs, self.labels).item()),
            share,
            correct,
        )

    def read(self, outputs: Tensor) -> tuple[float | None, int]:
        """The mean probability that the right digits got, and how many were read correctly."""
        chances = outputs if isinstance(self.model[-1], nn.Softmax) else outputs.softmax(1)
        right = chances.gather(1, self.labels[:, None])
        return finite(right.mean().item()), int((outputs.argmax(1) == self.labels).sum())

    def read_again(self) -> Tensor:
        """The outputs for the same batch with the same dropout. The running statistics of norms are copies."""
        buffers = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        now = [chance.get_rng_state() for chance in self.chances]
        self.set_random(self.random)
        try:
            with torch.no_grad():
                outputs: Tensor = functional_call(self.model, buffers, (self.images,))
        finally:
            self.set_random(now)
        return outputs

    def set_random(self, states: list[Tensor]) -> None:
        for chance, state in zip(self.chances, states, strict=True):
            chance.set_rng_state(state)
