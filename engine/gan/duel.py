"""The round of a GAN: D learns to tell real from made examples, then G learns to make D take its examples for real."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn

from engine.catalogue.params import Choice
from engine.gan.events import GanStep
from engine.gan.objective import discriminator_loss, generator_loss, gradient_penalty, verdict
from engine.kind import Action
from engine.training.events import SettingChanged
from engine.training.facts import fact, numbers
from engine.training.objective import make_optimizer, update_of
from engine.training.saving import fill_module, fill_optimizer, module_state, optimizer_state
from engine.training.streams import State, combine_states, random_state

Who = Literal["both", "discriminator", "generator"]
ALONE: Mapping[Action, Who] = {"step_d": "discriminator", "step_g": "generator"}
Batch = tuple[Tensor, Tensor]
EXPLODED = 1e6
NOTHING = float("nan")
CHANGEABLE = ("discriminator_steps", "generator_steps", "label_smoothing", "instance_noise")  # besides learning rates


class Rules(Protocol):
    """The settings of a round, some of which may change while it trains. Any frozen dataclass with these fields."""

    @property
    def loss(self) -> Choice: ...
    @property
    def discriminator_steps(self) -> int: ...
    @property
    def generator_steps(self) -> int: ...
    @property
    def label_smoothing(self) -> float: ...
    @property
    def instance_noise(self) -> float: ...


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The examples and networks of a round: an endless iterator of real examples with labels; `make(labels)` returns
    G's examples from new z, with gradients; `judge(examples, labels)` returns D's scores (B, 1). D's slope is measured
    per `1 / scale`."""

    batches: Iterator[Batch]
    make: Callable[[Tensor], Tensor]
    judge: Callable[[Tensor, Tensor], Tensor]
    scale: float = 1.0


class Duel:
    """Two networks with their optimizers. `done` is the event of the newest round."""

    def __init__(
        self,
        sides: tuple[nn.Module, nn.Module],
        rules: Rules,
        optimizers: tuple[Choice, Choice],
        board: Board,
        seed: int,
    ) -> None:
        self.rules, self.board, self.optimizers = rules, board, optimizers
        self.generator, self.discriminator = sides
        self.g_weights, self.d_weights = (list(side.parameters()) for side in sides)
        self.g_optimizer = make_optimizer(optimizers[0], self.g_weights)
        self.d_optimizer = make_optimizer(optimizers[1], self.d_weights)
        self.g_update, self.d_update = update_of(self.g_optimizer), update_of(self.d_optimizer)
        self.penalty_points = torch.Generator().manual_seed(seed + 2)
        self.generator_steps = 0
        self.done = GanStep(0, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, 0)

    @property
    def parameters(self) -> tuple[int, int]:
        """The number of parameters of G and D."""
        return sum(w.numel() for w in self.g_weights), sum(w.numel() for w in self.d_weights)

    def round(self, only: Who = "both") -> Iterator[Who]:
        """D's updates, then G's on the pictures that D judged last; or one update of one of them alone. Yields the name
        of each network after its update."""
        rules = self.rules
        d_steps = rules.discriminator_steps if only == "both" else int(only == "discriminator")
        g_steps = rules.generator_steps if only == "both" else int(only == "generator")
        d_lr, g_lr = (float(o.param_groups[0]["lr"]) for o in (self.d_optimizer, self.g_optimizer))
        trained = bool(d_steps) + 2 * bool(g_steps)
        self.done = replace(self.done, step=self.done.step + 1, d_lr=d_lr, g_lr=g_lr, trained=trained)
        made, labels = None, None
        for _ in range(d_steps):
            real, labels = next(self.board.batches)
            made = self.board.make(labels)
            self.train_discriminator(real, made, labels)
            yield "discriminator"
        for i in range(g_steps):
            if i or made is None or labels is None:
                _, labels = next(self.board.batches)
                made = self.board.make(labels)
            self.train_generator(made, labels, judges_alone=not d_steps)
            yield "generator"

    def train_discriminator(self, real: Tensor, made: Tensor, labels: Tensor) -> None:
        """Update D once: scores of real examples up, of made ones down. No gradient reaches G."""
        loss_of, made = self.rules.loss, made.detach()
        real_scores, made_scores = self.judge(real, labels), self.judge(made, labels)
        loss = discriminator_loss(loss_of, real_scores, made_scores, self.rules.label_smoothing)
        total = loss
        if loss_of.kind == "WassersteinGP":
            total = loss + loss_of["penalty"] * self.slopes(real, made, labels)
        norm = _descend(total, self.d_weights, self.d_update)
        judged_real, judged_made = (float(verdict(loss_of, s.detach()).mean()) for s in (real_scores, made_scores))
        self.done = replace(self.done, d_loss=loss.item(), real=judged_real, made=judged_made, d_gradient=norm)

    def train_generator(self, made: Tensor, labels: Tensor, judges_alone: bool) -> None:
        """Update G once, through D, which does not change."""
        self.discriminator.requires_grad_(False)
        scores = self.judge(made, labels)
        loss = generator_loss(self.rules.loss, scores)
        norm = _descend(loss, self.g_weights, self.g_update)
        self.discriminator.requires_grad_(True)
        self.generator_steps += 1
        judged = float(verdict(self.rules.loss, scores.detach()).mean()) if judges_alone else self.done.made
        self.done = replace(self.done, g_loss=loss.item(), g_gradient=norm, made=judged)

    def judge(self, examples: Tensor, labels: Tensor) -> Tensor:
        """D's scores (B, 1) on examples with instance noise."""
        if self.rules.instance_noise:
            examples = examples + self.rules.instance_noise * torch.randn_like(examples)
        return self.board.judge(examples, labels)

    def slopes(self, real: Tensor, made: Tensor, labels: Tensor) -> Tensor:
        scale = self.board.scale
        ends = scale * real, scale * made
        return gradient_penalty(lambda x: self.judge(x / scale, labels), *ends, self.penalty_points)

    def change(self, changes: dict[str, float]) -> Iterator[SettingChanged]:
        """Apply and clear `changes`; they hold from the next round on."""
        while changes:
            name, value = changes.popitem()
            if name.endswith("_lr"):
                optimizer = self.g_optimizer if name == "generator_lr" else self.d_optimizer
                optimizer.param_groups[0]["lr"] = value
            else:
                rules: Any = self.rules
                self.rules = replace(rules, **{name: int(value) if name.endswith("_steps") else value})
            yield SettingChanged(self.done.step, name, value)

    def state(self) -> State:
        """The state after a round, with the changed settings."""
        rules = {name: getattr(self.rules, name) for name in CHANGEABLE}
        facts = {"done": asdict(self.done), "rules": rules, "generator_steps": self.generator_steps}
        own = State({"points": self.penalty_points.get_state()}, facts)
        sides = {"generator": module_state(self.generator), "discriminator": module_state(self.discriminator)}
        memories = {"g_optimizer": optimizer_state(self.g_optimizer), "d_optimizer": optimizer_state(self.d_optimizer)}
        return combine_states(**sides, **memories, duel=own)

    def resume(self, state: State) -> None:
        """Restore a state of the same networks and optimizers. Raises SpecError."""
        fill_module(self.generator, state.part("generator"))
        fill_module(self.discriminator, state.part("discriminator"))
        fill_optimizer(self.g_optimizer, self.optimizers[0], state.part("g_optimizer"))
        fill_optimizer(self.d_optimizer, self.optimizers[1], state.part("d_optimizer"))
        duel = state.part("duel")
        self.penalty_points.set_state(random_state(duel, "points"))
        self.generator_steps = fact(duel.facts, "generator_steps", int)
        figures = numbers(duel.facts, "done", asdict(self.done))
        whole: dict[str, Any] = {name: fact(figures, name, int) for name in ("step", "trained")}
        self.done = GanStep(**{**figures, **whole})
        rules: Any = self.rules
        kept = fact(duel.facts, "rules", dict)
        kinds = {name: int if name.endswith("_steps") else float for name in CHANGEABLE}
        self.rules = replace(rules, **{name: fact(kept, name, kind) for name, kind in kinds.items()})

    @property
    def has_exploded(self) -> bool:
        """Whether a loss is infinite, NaN or too large."""
        losses = [self.done.d_loss] * (self.done.trained & 1) + [self.done.g_loss] * (self.done.trained >> 1)
        return not all(math.isfinite(loss) and abs(loss) <= EXPLODED for loss in losses)


def _descend(loss: Tensor, weights: list[nn.Parameter], update: Callable[[], None]) -> float:
    """Do the backward pass and one step; returns the norm of the gradient."""
    for weight in weights:
        weight.grad = None
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    norm = torch.stack(torch._foreach_norm(gradients)).norm()
    update()
    return float(norm)
