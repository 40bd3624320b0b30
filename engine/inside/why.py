"""Why a network reads this digit: five maps (28, 28) of what counts in the picture, each beside that of the same
network before it learned anything.

A map that looks the same there explains nothing: https://arxiv.org/abs/1810.03292
"""

import functools
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from engine.inside.asking import Pixels, Question, as_input, paper
from engine.inside.flow import Stage, follow, output_of
from engine.inside.maps import picture, short, shorts
from engine.network.build import build
from engine.network.spec import DIGITS, NetworkSpec, Plan, plan

NOISY, NOISE = 32, 0.15  # copies of SmoothGrad, and their noise as a share of the range from paper to ink
FIRST_POINTS, MOST_POINTS = 17, 600  # on the way of integrated gradients
EXACT = 0.005  # of the difference of the scores, that they may miss
COVER, EVERY, COARSE = 4, 2, 4  # px: the side of what occlusion covers, and how far it moves each time
CELLS = 4  # a side of the maps of Grad-CAM
SECONDS = 0.3  # for one map, about
SEED = 1  # the seed of the network that has not learned


def why(planned: Plan, model: nn.Sequential, image: Pixels, asked: int | None = None) -> dict[str, Any]:
    """All maps for the uint8 digit (28, 28) and the class `asked` (that which is read), as JSON; `ways` says for each
    how `alike` it is to that of the untrained network, from -1 to 1."""
    x = as_input(image)
    with torch.no_grad():
        scores = torch.nan_to_num(Question(planned, model, 0).scores(x))[0]
    read = int(scores.argmax())
    asked = read if asked is None else asked
    question = Question(planned, model, asked, None if asked == read else read)
    untrained = replace(question, model=_untrained(planned.network))
    camera = last_map(follow(planned, model, torch.from_numpy(image)))
    whole, points = integrated(question, x)
    maps = {
        "gradient": (question.slope(x), untrained.slope(x)),
        "smooth": (smooth(question, x), smooth(untrained, x)),
        "integrated": (whole, integrated(untrained, x, FIRST_POINTS)[0]),
        "occlusion": (occlusion(question, x), occlusion(untrained, x)),
    }
    if camera:
        maps["camera"] = grad_cam(question, x, camera.id), grad_cam(untrained, x, camera.id)
    here, blank = (float(value) for value in question.values(torch.cat([x, paper()])))
    return {
        "read": read,
        "asked": asked,
        "against": question.against,
        "scores": shorts(scores),
        "ways": [_way(name, *pair) for name, pair in maps.items()],
        "sum": {"here": short(here), "blank": short(blank), "parts": short(float(whole.sum())), "points": points},
        "camera": {"kind": camera.kind, "shape": list(camera.output.shape)} if camera else None,
    }


@functools.lru_cache(maxsize=3)
def _untrained(network: NetworkSpec) -> nn.Sequential:
    return build(plan(network), SEED).eval()


def smooth(question: Question, x: Tensor) -> Tensor:
    """SmoothGrad: the mean of the gradients of noisy copies. https://arxiv.org/abs/1706.03825"""
    count = question.affordable(SECONDS, NOISY)
    dice = torch.Generator().manual_seed(0)
    noise = torch.randn((count, *x.shape[1:]), generator=dice)
    return question.slope(x + NOISE / DIGITS.std * noise) / count


def integrated(question: Question, x: Tensor, most: int = MOST_POINTS) -> tuple[Tensor, int]:
    """Integrated gradients from an empty page to the picture, and at how many points in between they were taken: they
    add up to the difference of what is explained at both ends. By the trapezoidal rule, with more points where the
    gradient jumps, until that holds. https://arxiv.org/abs/1703.01365"""
    most = question.affordable(3 * SECONDS, most, FIRST_POINTS)
    base = paper()
    way = x - base
    at = torch.linspace(0, 1, FIRST_POINTS)
    values, slopes = question.along(base + at.view(-1, 1, 1, 1) * way)
    while True:
        parts = (slopes[1:] + slopes[:-1]) / 2 * at.diff().view(-1, 1, 1) * way[0]
        missing = values.diff() - parts.sum((1, 2))
        if abs(missing.sum()) <= EXACT * abs(values[-1] - values[0]) or len(at) >= most:
            return parts.sum(0), len(at)
        worst = missing.abs() >= missing.abs().max() / 8
        middle = (at[1:] + at[:-1])[worst] / 2
        more = question.along(base + middle.view(-1, 1, 1, 1) * way)
        at, order = torch.cat([at, middle]).sort()
        values, slopes = torch.cat([values, more[0]])[order], torch.cat([slopes, more[1]])[order]


def occlusion(question: Question, x: Tensor) -> Tensor:
    """How much less what is explained becomes when a square of paper covers a place; of each pixel the mean over all
    squares on it. https://arxiv.org/abs/1311.2901"""
    every = EVERY if question.affordable(SECONDS, 169) > 80 else COARSE
    blank = paper()[0, 0]
    places = [(row, column) for row in range(0, 25, every) for column in range(0, 25, every)]
    seen = [at for at in places if not torch.equal(_square(x[0, 0], at), _square(blank, at))]
    drops, covers = torch.zeros(28, 28), torch.zeros(28, 28)
    for at in places:
        _square(covers, at).add_(1)
    if seen:
        covered = x.repeat(len(seen), 1, 1, 1)
        for one, at in zip(covered, seen, strict=True):
            _square(one[0], at).copy_(_square(blank, at))
        values = question.values(torch.cat([x, covered]))
        for at, value in zip(seen, values[1:], strict=True):
            _square(drops, at).add_(values[0] - value)
    return drops / covers


def grad_cam(question: Question, x: Tensor, stage: str) -> Tensor:
    """Grad-CAM: the maps of a convolution, each as strong as its mean gradient, added up; what is below 0 is left out.
    https://arxiv.org/abs/1610.02391"""
    with torch.enable_grad():
        maps, scores = output_of(question.plan, question.model, x.detach().requires_grad_(), stage)
        (slope,) = torch.autograd.grad(question.of(scores).sum(), maps)
    seen = (slope.mean((2, 3), keepdim=True) * maps.detach()).sum(1, keepdim=True).relu()
    return nn.functional.interpolate(seen, (28, 28), mode="bilinear", align_corners=False)[0, 0]


def last_map(stages: list[Stage]) -> Stage | None:
    """The last convolution whose maps still show a place: of CELLS cells a side or more, where there is one."""
    found = [s for s in stages if isinstance(s.module, nn.Conv2d) and min(s.output.shape[1:]) > 1]
    large = [s for s in found if min(s.output.shape[1:]) >= CELLS]
    return next(reversed(large or found), None)


def alike(one: Tensor, other: Tensor) -> float:
    """The rank correlation (Spearman) of the sizes in two maps, from -1 to 1: 1 where the same pixels count, whatever
    their sign. Pixels that are 0 in both do not count, as an empty page would make any two maps alike."""
    counts = (one != 0) | (other != 0)
    if counts.sum() < 2:
        return 0.0
    ranks = torch.stack([_ranks(one[counts].abs()), _ranks(other[counts].abs())])
    return float(torch.nan_to_num(torch.corrcoef(ranks)[0, 1]))


def _ranks(values: Tensor) -> Tensor:
    """Equal numbers share the mean of their ranks."""
    _, group, counts = torch.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum(0).double()
    ranks: Tensor = (ends - (counts - 1) / 2)[group]
    return ranks


def _way(name: str, learned: Tensor, untrained: Tensor) -> dict[str, Any]:
    return {
        "name": name,
        "map": _picture(learned),
        "untrained": _picture(untrained),
        "alike": short(alike(learned, untrained)),
    }


def _picture(values: Tensor) -> dict[str, Any]:
    """0 lies in the middle of the 256 steps."""
    most = max(float(torch.nan_to_num(values).abs().max()), 1e-12)
    return picture(values, -most, most)


def _square(picture: Tensor, at: tuple[int, int]) -> Tensor:
    return picture[at[0] : at[0] + COVER, at[1] : at[1] + COVER]
