"""Regularisation in a Keras program: what it adds to the model, to the optimizer and to the training."""

from engine.training.config import TrainConfig


def weights(config: TrainConfig) -> str:
    """Lines after the model that penalise its weights."""
    given = [f"{name}={value!r}" for name, value in (("l1", config.l1), ("l2", config.l2)) if value]
    text = _PENALTY.replace("GIVEN", ", ".join(given)) if given else ""
    return text + (_SHORTEN.replace("MAX_NORM", repr(config.max_norm)) if config.max_norm else "")


def layers(config: TrainConfig) -> list[str]:
    """Layers before the model that only work while it trains."""
    on, given, found = config.augmentation, "fill_mode='constant', fill_value=PAPER", []
    if "rotation_range" in on:
        found.append(f"layers.RandomRotation({on['rotation_range']!r} / 360, {given})")
    if "shear_range" in on:
        slope = f"math.tan(math.radians({on['shear_range']!r}))"
        found.append(f"layers.RandomShear(x_factor=(0.0, {slope}), {given})")
    if "zoom_range" in on:
        zoom = repr(on["zoom_range"])
        found.append(f"layers.RandomZoom({zoom}, {zoom}, {given})")
    if "width_shift_range" in on or "height_shift_range" in on:
        down, across = (on.get(f"{side}_shift_range", 0.0) for side in ("height", "width"))
        found.append(f"layers.RandomTranslation({down!r}, {across!r}, {given})")
    flips = [way for way in ("horizontal", "vertical") if on.get(f"{way}_flip")]
    if flips:
        found.append(f'layers.RandomFlip("{"_and_".join(flips)}")')
    if "erase" in on:
        share, ink = repr(on["erase"]), "value_range=(PAPER, (1 - MEAN_) / STD_)"
        found.append(f"layers.RandomErasing(({share}, {share}), (0.02, 0.18), fill_value=PAPER, {ink})")
    if config.input_noise:
        found.append(f"layers.GaussianNoise({config.input_noise!r})")
    return [layer.replace("'", '"') for layer in found]


def learner(config: TrainConfig) -> str:
    """Lines that leave `learner`, the model behind those layers; empty where there are none."""
    inner = "".join(f"        {layer},\n" for layer in layers(config))
    paper = "PAPER = EMPTY_  # an empty pixel\n" if "PAPER" in inner else ""
    return paper + _LEARNER.replace("LAYERS\n", inner) if inner else ""


def optimizer_settings(config: TrainConfig) -> str:
    """Arguments of the optimizer, each after a comma."""
    clip = f", global_clipnorm={config.clip_norm!r}" if config.clip_norm else ""
    clip += f", clipvalue={config.clip_value!r}" if config.clip_value else ""
    clip += ", gradient_accumulation_steps=ACCUMULATION" if config.accumulation > 1 else ""
    return clip + (f", use_ema=True, ema_momentum={config.ema!r}" if config.ema else "")


def remarks(config: TrainConfig) -> str:
    """Comments on what is not the same in Keras."""
    missing = [name for name in ("elastic", "mixup") if getattr(config, name)]
    left_out = "".join(_MISSING.replace("NAME", name) for name in missing)
    return left_out + (_EMA if config.ema else "") + (_CARRIED if config.accumulation > 1 else "")


def callbacks(config: TrainConfig) -> str:
    """An argument of `fit`, after a comma."""
    named = {"early_stopping": config.patience, "at_target": config.target}
    used = ", ".join(name for name, value in named.items() if value)
    return f", callbacks=[{used}]" if used else ""


def early_stopping(config: TrainConfig) -> str:
    """The lines before `fit`, if any."""
    text = _EARLY.replace("PATIENCE", str(config.patience)) if config.patience else ""
    return text + (_TARGET.replace("TARGET", repr(config.target / 100)) if config.target else "")


def wrong_labels(config: TrainConfig) -> str:
    """Lines that spoil a part of the labels of the pictures to train on."""
    return _NOISY.replace("SHARE", repr(config.label_noise / 100)) if config.label_noise else ""


_PENALTY = """\
for weights in model.trainable_weights:
    if len(weights.shape) > 1:  # no bias
        weights.regularizer = keras.regularizers.L1L2(GIVEN)
"""

_LEARNER = """\
learner = keras.Sequential(  # changes the pictures only while it trains
    [
        keras.Input((SIDES_)),
LAYERS
        model,
    ]
)
"""

_CARRIED = "# Keras carries what an epoch leaves over into the next one; the playground moves the weights with it.\n"
_MISSING = "# The playground trains with NAME; Keras has no layer that does the same, so it is left out here.\n"
_EMA = "# Keras validates with the weights themselves, and takes the average at the end.\n"

_SHORTEN = """\
for weights in model.trainable_weights:
    if len(weights.shape) > 1:  # no bias
        weights.constraint = keras.constraints.MaxNorm(MAX_NORM, axis=tuple(range(len(weights.shape) - 1)))
"""

_TARGET = """\
    at_target = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda _, logs: setattr(
            at_target.model, "stop_training", at_target.model.stop_training or logs["val_accuracy"] >= TARGET
        )
    )
"""

_EARLY = """\
    early_stopping = keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True)
"""

_NOISY = """\
    places = (~held_back).nonzero()[0]
    wrong = np.random.permutation(places)[: round(len(places) * SHARE)]  # these get a wrong class
    classes = (labels[wrong].argmax(1) + np.random.randint(1, CLASSES_, len(wrong))) % CLASSES_
    labels[wrong] = np.eye(CLASSES_)[classes]
"""
