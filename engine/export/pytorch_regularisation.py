"""Regularisation in a PyTorch program: the lines that it adds to the training, and the functions they need."""

from engine.training.config import TrainConfig


def functions(config: TrainConfig) -> str:
    """Definitions that come before the training, each with the blank lines around it."""
    text = ""
    if config.l1 or config.l2:
        parts = [f"{config.l2!r} * weight.square().sum()"] if config.l2 else []
        parts += [f"{config.l1!r} * weight.abs().sum()"] if config.l1 else []
        text += _PENALTY.replace("PARTS", " + ".join(parts))
    if config.ema:
        text += _AVERAGED.replace("EMA", repr(config.ema))
    if config.patience:
        text += _MEAN_LOSS
    return judged(config, text)


def lines(config: TrainConfig) -> dict[str, str]:
    """By their places in the training, its lines."""
    backward = "(loss + penalty()).backward()" if config.l1 or config.l2 else "loss.backward()"
    clip = f"            nn.utils.clip_grad_norm_(model.parameters(), {config.clip_norm!r})\n"
    values = f"            nn.utils.clip_grad_value_(model.parameters(), {config.clip_value!r})\n"
    noise, labels = config.input_noise, _NOISY.replace("SHARE", repr(config.label_noise / 100))
    kept = "average.module" if config.ema else "model"
    early = _EARLY.replace("KEPT", kept).replace("PATIENCE", str(config.patience))
    target = _TARGET.replace("TARGET", repr(config.target / 100))
    end = f"    {kept}.load_state_dict(best)\n" if config.patience else ""
    end += "    model.load_state_dict(average.module.state_dict())\n" if config.ema else ""
    noisy = f"            pictures = pictures + {noise!r} * torch.randn_like(pictures)\n"
    changes = ", ".join(f"{name}={value!r}" for name, value in config.augmentation.items())
    augmented = f"            pictures = augment(pictures, EMPTY_, {changes})\n" if changes else ""
    mix = _MIX.replace("ALPHA", repr(config.mixup)) if config.mixup else ""
    return {
        "            BACKWARD\n": f"            {backward}\n",
        "            CLIP\n": (clip if config.clip_norm else "") + (values if config.clip_value else ""),
        "            SHORTEN\n": _SHORTEN.replace("MAX_NORM", repr(config.max_norm)) if config.max_norm else "",
        "            NOISE\n": augmented + (noisy if noise else "") + mix,
        _LOSS: _MIXED if config.mixup else _LOSS,
        "    WRONG\n": labels if config.label_noise else "",
        "    BEST\n": "    best, best_loss, best_epoch = None, math.inf, 0\n" if config.patience else "",
        "            AVERAGE\n": "            average.update_parameters(model)\n" if config.ema else "",
        "        EARLY\n": (early if config.patience else "") + (target if config.target else ""),
        "    END\n": f"\n{end}" if end else "",
    }


def judged(config: TrainConfig, source: str) -> str:
    """The source that reads with `model`, reading with the average of the weights where there is one."""
    if not config.ema:
        return source
    return source.replace("model.eval()", "average.eval()").replace("model(part)", "average(part)")


_PENALTY = '''
def penalty():
    """L1 and L2 of all weights, without biases."""
    weights = [weight for weight in model.parameters() if weight.dim() > 1]
    return sum(PARTS for weight in weights)

'''

_AVERAGED = '''
def averaged(kept, new, steps):
    """A running mean, faster at the beginning."""
    return torch.lerp(new, kept, min(EMA, (1 + int(steps)) / (10 + int(steps))))


average = torch.optim.swa_utils.AveragedModel(model, avg_fn=averaged)

'''

_MEAN_LOSS = """
def mean_loss(images, labels):
    model.eval()
    with torch.inference_mode():
        parts = zip(images.split(1000), labels.split(1000))
        return sum(loss_function(model(part), digits).item() * len(part) for part, digits in parts) / len(images)

"""

_NOISY = """\
    wrong = train[torch.randperm(len(train))[: round(len(train) * SHARE)]]  # these get a wrong class
    labels[wrong] = (labels[wrong] + torch.randint(1, CLASSES_, (len(wrong),))) % CLASSES_
"""

_MIX = """\
            share = torch.distributions.Beta(ALPHA, ALPHA).sample().item()
            share, order = max(share, 1 - share), torch.randperm(len(pictures))
            pictures = torch.lerp(pictures[order], pictures, share)
"""

_LOSS = "            loss = loss_function(model(pictures), labels[batch])\n"
_MIXED = """\
            outputs = model(pictures)
            loss = loss_function(outputs, labels[batch])
            loss = share * loss + (1 - share) * loss_function(outputs, labels[batch][order])
"""

_SHORTEN = """\
            with torch.no_grad():
                for weight in model.parameters():
                    if weight.dim() > 1:  # no bias
                        weight.renorm_(2, 0, MAX_NORM)
"""

_TARGET = """\
        if accuracy(images[held_back], labels[held_back]) >= TARGET:
            break
"""

_EARLY = """\
        validation_loss = mean_loss(images[held_back], labels[held_back])
        if validation_loss < best_loss:
            best, best_loss, best_epoch = copy.deepcopy(KEPT.state_dict()), validation_loss, epoch
        elif epoch - best_epoch >= PATIENCE:
            print(f"stopped early: the best epoch was {best_epoch}")
            break
"""
