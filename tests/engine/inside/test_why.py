"""Every map of why a digit is read is what a straightforward computation with torch gives."""

import json

import pytest
import torch
from torch import Tensor, nn

from engine.data.mnist import normalise
from engine.files import ASSETS
from engine.inside.asking import Question, paper
from engine.inside.flow import follow
from engine.inside.nudge import nudge
from engine.inside.why import alike, grad_cam, integrated, last_map, occlusion, smooth, why
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.saving import load_model
from tests.engine.inside.a_reading import IMAGE, model_of, preset

X = normalise(IMAGE.unsqueeze(0))


def backward(model: nn.Sequential, x: Tensor, asked: int, against: int | None) -> Tensor:
    x = x.clone().requires_grad_()
    scores = model(x)
    whole = scores[:, asked].sum() - (scores[:, against].sum() if against is not None else 0)
    whole.backward()
    assert x.grad is not None
    return x.grad


@pytest.mark.parametrize("name", ["cnn", "se-resnet", "bi-gru", "vit"])
def test_the_maps_are_what_torch_gives(name: str) -> None:
    planned, model = preset(name)
    question = Question(planned, model, asked=3, against=7)
    torch.testing.assert_close(question.slope(X), backward(model, X, 3, 7)[0, 0])

    noisy = X + 0.15 / 0.3081 * torch.randn((32, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(smooth(question, X), backward(model, noisy, 3, 7).mean((0, 1)), atol=1e-5, rtol=1e-3)

    parts, _ = integrated(question, X)
    with torch.no_grad():
        here, blank = (float(scores[3] - scores[7]) for scores in model(torch.cat([X, paper()])))
        covered = X.clone()
        covered[0, 0, 8:12, 12:16] = paper()[0, 0, 0, 0]
        drop = here - float((model(covered)[0] * torch.tensor([0, 0, 0, 1, 0, 0, 0, -1, 0, 0])).sum())
    assert float(parts.sum()) == pytest.approx(here - blank, rel=0.01)
    # The pixel in a corner of four squares that overlap; all but one of them are known from their own maps.
    whole = occlusion(question, X)
    assert whole.shape == (28, 28) and float(whole[0, 0]) == 0
    alone = torch.stack([_drop(model, row, column, here) for row in (6, 8) for column in (10, 12)])
    torch.testing.assert_close(whole[8, 12], alone.mean(), atol=1e-5, rtol=1e-4)
    assert float(alone[3]) == pytest.approx(drop, abs=1e-5)

    camera = last_map(follow(planned, model, IMAGE))
    assert (camera is None) == (name in ("bi-gru", "vit"))
    if camera:
        torch.testing.assert_close(grad_cam(question, X, camera.id), _by_hooks(model, camera.id), atol=1e-5, rtol=1e-3)


def _drop(model: nn.Sequential, row: int, column: int, here: float) -> Tensor:
    covered = X.clone()
    covered[0, 0, row : row + 4, column : column + 4] = paper()[0, 0, 0, 0]
    with torch.no_grad():
        scores = model(covered)[0]
    return here - (scores[3] - scores[7])


def _by_hooks(model: nn.Sequential, place: str) -> Tensor:
    seen: list[Tensor] = []
    handle = model.get_submodule(place).register_forward_hook(lambda _, __, output: seen.append(output))
    scores = model(X)
    handle.remove()
    (slope,) = torch.autograd.grad(scores[0, 3] - scores[0, 7], seen[0])
    strong = (slope.mean((2, 3))[0, :, None, None] * seen[0][0]).sum(0).relu().detach()
    return nn.functional.interpolate(strong[None, None], (28, 28), mode="bilinear")[0, 0]


def test_the_bundled_network_says_why_seven_and_what_would_make_it_another() -> None:
    bundled = load_model(ASSETS / "models" / "demo.safetensors")
    planned, model = plan(bundled.network), bundled.model
    told = why(planned, model, IMAGE.numpy())
    assert (told["read"], told["asked"], told["against"]) == (7, 7, None)
    assert [way["name"] for way in told["ways"]] == ["gradient", "smooth", "integrated", "occlusion", "camera"]
    assert told["sum"]["parts"] == pytest.approx(told["sum"]["here"] - told["sum"]["blank"], rel=0.01)
    assert len(json.dumps(told)) < 20_000
    change = nudge(planned, model, IMAGE.numpy(), 2)
    read = [max(range(10), key=shares.__getitem__) for shares in change["shares"]]
    assert change["target"] == 2 and read[0] == 7 and 2 in read, read
    assert nudge(planned, model, IMAGE.numpy(), 7)["target"] != 7
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_softmax_at_the_end_is_left_out_and_maps_of_the_same_pixels_are_alike() -> None:
    planned, model = model_of(NetworkSpec((layer("Flatten"), layer("Linear", units=10), layer("Softmax"))))
    question = Question(planned, model, 4)
    weight = model[1].weight[4].view(28, 28).detach()
    torch.testing.assert_close(question.slope(X), weight)
    assert alike(weight, -weight) == pytest.approx(1)
    assert abs(alike(weight, weight.flip(0))) < 0.3
