"""The optimizer catalogue: rules that turn gradients into updates. Imports no torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalogue.params import Param, flag, real
from engine.text import Text

Values = Mapping[str, Any]


def _own_values(values: Values) -> dict[str, Any]:
    return dict(values)


@dataclass(frozen=True, slots=True)
class OptimizerRow:
    """`torch` names the class in torch.optim, `args` its arguments; `keras` is its source, values filled in by name.

    `decoupled` is true where weight decay acts on the weights themselves instead of being added to the gradient.
    `differs` says in a Keras program how Keras' optimizer differs.
    """

    torch: str
    keras: str
    doc: Text
    params: Mapping[str, Param]
    args: Callable[[Values], dict[str, Any]] = _own_values
    decoupled: bool = False
    differs: str = ""

    @property
    def is_muon(self) -> bool:
        """Whether it is the class in engine/training/muon.py, for PyTorch's own takes no filters and no biases."""
        return self.torch == "Muon"


def _lr(default: float) -> Param:
    return real(
        default,
        1e-6,
        10.0,
        Text("Learning rate"),
        Text("Size of a step: too large jumps about, too small crawls."),
        log=True,
    )


def _weight_decay(default: float = 0.0) -> Param:
    return real(
        default, 0.0, 1.0, Text("Weight decay"), Text("Pulls every weight towards 0 a little in each step; 0 is off.")
    )


def _momentum(default: float) -> Param:
    return real(
        default, 0.0, 0.999, Text("Momentum"), Text("Part of the last update that is kept and added; 0 is off.")
    )


def _adam(
    name: str,
    doc: Text,
    weight_decay: float = 0.0,
    decoupled: bool = False,
    lr: float = 1e-3,
    keras: str = "",
    differs: str = "",
) -> OptimizerRow:
    return OptimizerRow(
        torch=name,
        keras=(keras or name) + "(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, epsilon=1e-8)",
        doc=doc,
        params={
            "lr": _lr(lr),
            "beta1": real(0.9, 0.0, 0.999, Text("Beta 1"), Text("Memory of the mean of the gradients.")),
            "beta2": real(0.999, 0.0, 0.99999, Text("Beta 2"), Text("Memory of the mean of their squares.")),
            "weight_decay": _weight_decay(weight_decay),
        },
        args=lambda v: {"lr": v["lr"], "betas": (v["beta1"], v["beta2"]), "weight_decay": v["weight_decay"]},
        decoupled=decoupled,
        differs=differs,
    )


OPTIMIZERS: dict[str, OptimizerRow] = {
    "SGD": OptimizerRow(
        torch="SGD",
        keras="SGD(learning_rate={lr}, momentum={momentum}, nesterov={nesterov})",
        doc=Text("Goes downhill along the gradient g, rolling on with momentum: v = momentum * v + g, w = w - lr * v."),
        params={
            "lr": _lr(0.1),
            "momentum": _momentum(0.9),
            "nesterov": flag(
                False, Text("Nesterov"), Text("Looks ahead along the momentum before it turns; needs momentum.")
            ),
            "weight_decay": _weight_decay(),
        },
        args=lambda v: {**v, "nesterov": v["nesterov"] and v["momentum"] > 0},
    ),
    "Adam": _adam(
        "Adam",
        Text(
            "Gives every weight a step of its own, from the running means m of g and v of g * g: "
            "w = w - lr * m / (sqrt(v) + 1e-8), m and v corrected for their start at 0."
        ),
    ),
    "AdamW": _adam(
        "AdamW",
        Text("Adam with weight decay apart from the gradient: w = w - lr * (m / (sqrt(v) + 1e-8) + weight_decay * w)."),
        0.01,
        True,
    ),
    "NAdam": _adam(
        "NAdam",
        Text("Adam that looks ahead along its own mean, as Nesterov's momentum does (Dozat 2016)."),
        lr=2e-3,
        keras="Nadam",
        differs="Keras lets the momentum of Nadam grow faster in the first steps.",
    ),
    "RAdam": _adam(
        "RAdam",
        Text(
            "Adam that takes plain steps of momentum until its mean of the squares can be trusted: it warms up by "
            "itself (Liu 2020)."
        ),
        lr=5e-3,
        keras="Adam",
        differs="Keras has no RAdam; this is Adam.",
    ),
    "Adamax": _adam(
        "Adamax",
        Text(
            "Adam that divides by the largest recent gradient instead of the mean of the squares: "
            "u = max(beta2 * u, |g|), w = w - lr * m / u (Kingma 2015)."
        ),
        lr=2e-3,
    ),
    "RMSprop": OptimizerRow(
        torch="RMSprop",
        keras="RMSprop(learning_rate={lr}, rho={alpha}, momentum={momentum}, epsilon=1e-8)",
        doc=Text(
            "Divides each step by the recent size of its gradient: "
            "v = alpha * v + (1 - alpha) * g * g, w = w - lr * g / (sqrt(v) + 1e-8)."
        ),
        params={
            "lr": _lr(1e-3),
            "alpha": real(0.99, 0.0, 0.9999, Text("Alpha"), Text("Memory of the mean of the squared gradients.")),
            "momentum": _momentum(0.0),
            "weight_decay": _weight_decay(),
        },
    ),
    "Adagrad": OptimizerRow(
        torch="Adagrad",
        keras="Adagrad(learning_rate={lr}, initial_accumulator_value=0.0, epsilon=1e-10)",
        doc=Text(
            "Slows each weight by all the gradients it has seen: v = v + g * g, w = w - lr * g / (sqrt(v) + 1e-10)."
        ),
        params={"lr": _lr(0.01), "weight_decay": _weight_decay()},
    ),
    "Adadelta": OptimizerRow(
        torch="Adadelta",
        keras="Adadelta(learning_rate={lr}, rho={rho}, epsilon=1e-6)",
        doc=Text(
            "Finds its step size from its own last updates d: v = rho * v + (1 - rho) * g * g, "
            "w = w - lr * g * sqrt(mean of d * d + 1e-6) / sqrt(v + 1e-6)."
        ),
        params={
            "lr": _lr(1.0),
            "rho": real(0.9, 0.0, 0.9999, Text("Rho"), Text("Memory of both running means.")),
            "weight_decay": _weight_decay(),
        },
    ),
    "Muon": OptimizerRow(
        torch="Muon",
        keras="AdamW(learning_rate={lr}, weight_decay=0.0)",
        doc=Text(
            "Makes the momentum of each weight matrix orthogonal, so that a step is as long in every direction; biases "
            "step as with AdamW (Jordan 2024). Such a step takes longer where layers are wide."
        ),
        params={"lr": _lr(2e-3), "momentum": _momentum(0.95), "weight_decay": _weight_decay()},
        decoupled=True,
        differs="Keras' own Muon sets its steps otherwise; this is AdamW.",
    ),
}
