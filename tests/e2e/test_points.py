"""The 2-D playground in the browser: its numbers are PyTorch's; a perceptron learns step by step, a weight is set by
hand, a layer added, all by touch."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect

from engine.points.config import ACTIVATIONS, PointsSpec
from engine.points.draw import inputs_of
from engine.points.network import loss_of, make_network
from tools.browser import wait_ready

PASS = """async ([spec, weights, inputs, target]) => {
  const { pass, Shape } = await import("/web/points/maths.js");
  const told = pass(new Shape(spec), weights, inputs, target);
  return { loss: told.loss, slopes: [...told.dw] };
}"""
TOLERANCE = 1e-6


def spec_of(spec: PointsSpec) -> dict[str, Any]:
    return {"features": spec.features, "units": spec.units, "activation": spec.activation, "classes": spec.classes}


def test_forward_and_backward_pass_are_those_of_autograd(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/api/health")
    specs = [PointsSpec("xor", units=(2,), activation=name, seed=7) for name in ACTIVATIONS]
    specs += [PointsSpec(name, units=(3, 2), features=("x", "xy", "siny")) for name in ("three", "hills", "circle")]
    for spec in specs:
        model = make_network(spec).double()
        for x, y in ((0.41, 2.61), (-0.2, 0.1), (-5.0, 3.0)):
            inputs = inputs_of(spec.features, torch.tensor([[x, y]], dtype=torch.float64))
            target = torch.tensor([0.25 if not spec.classes else spec.classes - 1])
            loss = loss_of(spec.classes, model(inputs), target)
            slopes = torch.autograd.grad(loss, list(model.parameters()))
            weights = torch.cat([weight.detach().flatten() for weight in model.parameters()]).tolist()
            told = page.evaluate(PASS, [spec_of(spec), weights, inputs[0].tolist(), target.item()])
            assert told["loss"] == pytest.approx(loss.item(), abs=TOLERANCE)
            assert told["slopes"] == pytest.approx(torch.cat([s.flatten() for s in slopes]).tolist(), abs=TOLERANCE)


def test_a_perceptron_is_watched_step_by_step_and_changed_by_touch(open_page: Callable[..., Page]) -> None:
    page = open_page("/points?try=perceptron-xor", width=412, height=915, touch=True)
    root, numbers = page.locator(".points"), page.locator(".points-steps li:visible")
    page.locator(".st-key-points-step button:visible").tap()
    expect(root).to_have_attribute("data-step", "1")
    page.locator("[data-focus=unit-0-0]").tap()
    bias = page.get_by_label("bias", exact=True)
    bias.fill("-40")
    expect(page.locator(".points-tiles .studio-number").nth(2)).to_have_text("50.0 %")  # it calls nothing class 1
    expect(numbers).to_have_count(1)
    expect(numbers.first).to_contain_text("(−40)")
    for count in (2, 3, 4):
        page.get_by_role("button", name="Next", exact=True).tap()
        expect(numbers).to_have_count(count)
    page.locator(".st-key-points-step button:visible").tap()
    expect(root).to_have_attribute("data-step", "2")
    wait_ready(page)
    assert -41 < float(bias.input_value()) < -39
    page.get_by_role("button", name="One hidden layer more").tap()
    expect(page.locator("[data-focus=unit-1-0]")).to_be_visible()
    expect(page.get_by_text("Each unit draws a border of its own;")).to_be_visible()
