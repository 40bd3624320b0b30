"""What regularisation does in a training: to the pictures, to the labels, to the gradients and to the weights."""

import copy
import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from engine.data.augmentation import augment
from engine.network.spec import DIGITS, Reads
from engine.training.config import TrainConfig
from engine.training.facts import fact
from engine.training.range_test import Watch, is_range_test
from engine.training.saving import fill_module, module_state
from engine.training.streams import State, combine_states

NOISE_SEED = 1_000_003  # of wrong labels: they belong to the pictures, not to the run
FACTS: Mapping[str, type[int] | type[float]] = {
    "steps": int,
    "clipped": int,
    "averaged": int,
    "best_loss": float,
    "best_epoch": int,
}


class Regulariser:
    """All of the regularisation that `config` asks for. The training calls its methods at the moments they name."""

    def __init__(self, model: nn.Sequential, config: TrainConfig, reads: Reads = DIGITS) -> None:
        self.model, self.config, self.reads = model, config, reads
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.penalised = [weight for weight in self.weights if weight.dim() > 1]
        self.average = copy.deepcopy(model).eval() if config.ema else None
        self.watch = Watch() if is_range_test(config) else None
        self.best = copy.deepcopy(model).eval() if config.patience or self.watch else None
        self.epoch = self.steps = self.clipped = self.averaged = self.best_epoch = 0
        self.best_loss, self.accuracy = math.inf, 0.0

    @property
    def judged(self) -> nn.Sequential:
        """The network whose figures count: the average of the weights where there is one, with the newest statistics
        of norms."""
        if self.average is None:
            return self.model
        for kept, new in zip(self.average.buffers(), self.model.buffers(), strict=True):
            kept.copy_(new)
        return self.average

    @property
    def is_out_of_patience(self) -> bool:
        """Whether the epoch that was validated last is the last one to train."""
        return self.config.patience > 0 and self.epoch - self.best_epoch >= self.config.patience

    @property
    def has_reached_target(self) -> bool:
        """Whether the epoch that was validated last was as good as was wanted."""
        return 0 < self.config.target <= 100 * self.accuracy

    @property
    def is_range_over(self) -> bool:
        """Whether this is a range test whose loss has exploded."""
        return self.watch is not None and self.watch.is_over

    def spoil(self, labels: Tensor, places: Tensor) -> Tensor:
        """The labels (N,) with a part of those at the indices `places` turned into wrong ones."""
        count = round(len(places) * self.config.label_noise / 100)
        if not count:
            return labels
        chance = torch.Generator().manual_seed(NOISE_SEED)
        chosen = places[torch.randperm(len(places), generator=chance)[:count]].long()
        labels = labels.clone()
        classes = len(self.reads.classes)
        labels[chosen] = (labels[chosen] + torch.randint(1, classes, (count,), generator=chance)) % classes
        return labels

    def disturb(self, images: Tensor) -> Tensor:
        """The normalised pictures (B, C, H, W) of a batch as the network sees them."""
        noise, augmentation = self.config.input_noise, self.config.augmentation
        if augmentation:
            images = augment(images, self.reads.paper, **augmentation)
        return images + noise * torch.randn_like(images) if noise else images

    def mix(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, float]:
        """Mixup: each picture of a step (B, C, H, W) with another one laid over it, the labels (B,) of those, and the
        share, at least a half, that the picture itself has. Without mixup, the pictures as they are."""
        alpha = self.config.mixup
        if not alpha:
            return images, labels, 1.0
        share = float(torch.distributions.Beta(alpha, alpha).sample())
        share, order = max(share, 1 - share), torch.randperm(len(images)).to(images.device)
        return torch.lerp(images[order], images, share), labels[order], share

    def after_backward(self) -> None:
        """Add the gradient of the penalties, then clip."""
        config = self.config
        if config.l1 or config.l2:
            with torch.no_grad():
                for weight in self.penalised:
                    if weight.grad is not None:
                        weight.grad.add_(weight, alpha=2 * config.l2).add_(weight.sign(), alpha=config.l1)
        bites = False
        if config.clip_norm:
            bites = bool(nn.utils.clip_grad_norm_(self.weights, config.clip_norm) > config.clip_norm)
        if config.clip_value:
            gradients = [weight.grad for weight in self.weights if weight.grad is not None]
            bites |= any(bool(gradient.abs().max() > config.clip_value) for gradient in gradients)
            nn.utils.clip_grad_value_(self.weights, config.clip_value)
        if config.clips:
            self.steps += 1
            self.clipped += bites

    def before_update(self, loss: float) -> None:
        """Keep the weights of a range test whose loss this is, where none was lower."""
        if self.watch is not None and self.watch.take(loss) and self.best is not None:
            self.best.load_state_dict(self.model.state_dict())

    def after_update(self) -> None:
        """Shorten what comes into a unit where it is too long; move the average towards the new weights."""
        if self.config.max_norm:
            with torch.no_grad():
                for weight in self.penalised:
                    weight.renorm_(2, 0, self.config.max_norm)
        if self.average is None:
            return
        memory = min(self.config.ema, (1 + self.averaged) / (10 + self.averaged)) if self.averaged else 0.0
        kept: list[Tensor] = [*self.average.parameters()]
        new: list[Tensor] = [*self.model.parameters()]
        with torch.no_grad():
            torch._foreach_lerp_(kept, new, 1 - memory)
        self.averaged += 1

    def clipped_share(self) -> float:
        """The share of the steps since the last call in which the gradient was clipped."""
        share = self.clipped / max(1, self.steps)
        self.steps = self.clipped = 0
        return share

    def after_validation(self, epoch: int, loss: float, accuracy: float) -> None:
        """Keep the network whose figures count where none had a lower validation loss."""
        self.epoch, self.accuracy = epoch, accuracy
        if self.best is not None and self.watch is None and loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, epoch
            self.best.load_state_dict(self.judged.state_dict())

    def settle(self, restore: bool) -> None:
        """Give the model the weights that the run ends with: the best ones where `restore` and there are some, else the
        average."""
        kept = self.best if restore and self.best is not None else self.judged
        if kept is not self.model:
            self.model.load_state_dict(kept.state_dict())

    @property
    def remembers(self) -> bool:
        """Whether there is anything that a training needs to resume."""
        return bool(self.config.ema or self.best or self.config.clips)

    def state(self) -> State:
        """What a training needs to resume."""
        networks = {"average": self.average, "best": self.best}
        parts = {name: module_state(network) for name, network in networks.items() if network is not None}
        if self.watch is not None:
            parts["watch"] = State(facts=self.watch.facts())
        return combine_states(counts=State(facts={name: getattr(self, name) for name in FACTS}), **parts)

    def resume(self, state: State) -> None:
        """Restore what `state()` returned. Raises SpecError."""
        counts = state.part("counts").facts
        for name, kind in FACTS.items():
            setattr(self, name, fact(counts, name, kind))
        if self.watch is not None:
            self.watch.resume(state.part("watch").facts)
        for name, network in {"average": self.average, "best": self.best}.items():
            if network is not None:
                fill_module(network, state.part(name))
