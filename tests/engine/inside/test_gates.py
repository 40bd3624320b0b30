"""Gates and attention recomputed give what torch gives."""

import pytest
import torch
from torch import nn

from engine.inside.attention import looks
from engine.inside.flow import follow
from engine.inside.gates import gates, readings
from engine.inside.reading import Reading, unit_of
from engine.network.own_layers import SelfAttention
from tests.engine.inside.a_reading import IMAGE, preset

NAMES = {
    nn.RNN: {"hidden"},
    nn.GRU: {"hidden", "reset", "update"},
    nn.LSTM: {"hidden", "forget", "input", "output", "cell"},
}


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("kind", NAMES)
def test_gates_give_torchs_hidden_states(kind: type[nn.RNNBase], both: bool) -> None:
    torch.manual_seed(0)
    layer, x = kind(5, 7, batch_first=True, bidirectional=both), 2 * torch.randn(11, 5)
    with torch.no_grad():
        outputs, end = layer(x[None])
        for backwards in [False, True][: 1 + both]:
            told = gates(layer, x, backwards)
            assert set(told) == NAMES[kind]
            torch.testing.assert_close(told["hidden"], outputs[0, :, 7 * backwards : 7 + 7 * backwards])
            if kind is nn.LSTM:
                torch.testing.assert_close(told["cell"][0 if backwards else -1], end[1][int(backwards), 0])
            for name in told.keys() - {"hidden", "cell"}:
                assert float(told[name].min()) > 0 and float(told[name].max()) < 1


def test_the_reading_after_a_row_is_that_of_its_hidden_state_and_the_last_one_the_answer() -> None:
    planned, model = preset("row-lstm")
    stages = {stage.kind: stage for stage in follow(planned, model, IMAGE)}
    layer = stages["LSTM"].module
    assert isinstance(layer, nn.LSTM)
    with torch.no_grad():
        read = readings(layer, model[2], stages["LSTM"].inputs[0])
        expected = model[2](gates(layer, stages["LSTM"].inputs[0])["hidden"]).softmax(1)
    assert read is not None
    torch.testing.assert_close(read, expected)
    torch.testing.assert_close(read[-1], stages["Softmax"].output)


@pytest.mark.parametrize("name", ["row-lstm", "bi-gru", "cnn-lstm"])
def test_the_page_shows_the_gates_of_every_direction_and_what_is_read_after_each_row(name: str) -> None:
    reading = Reading(*preset(name), IMAGE.numpy())
    stage = next(stage for stage in reading.stages() if stage.kind in ("LSTM", "GRU"))
    told = unit_of(reading, stage.id)
    assert len(told["gates"]) == {"LSTM": 5, "GRU": 6}[stage.kind]
    assert all(gate["size"][0] == len(stage.inputs[0]) for gate in told["gates"])
    assert len(told["readings"]) == len(stage.inputs[0])


def test_no_reading_is_shown_where_the_rest_needs_all_steps() -> None:
    rest = nn.Sequential(nn.Flatten(), nn.Linear(28 * 4, 10))
    assert readings(nn.Identity(), rest, torch.randn(28, 4)) is None


def test_attention_looks_where_torchs_looks() -> None:
    torch.manual_seed(0)
    layer, x = SelfAttention(12, 3), torch.randn(9, 12)
    theirs = nn.MultiheadAttention(12, 3, batch_first=True)
    with torch.no_grad():
        for ours, their in ((layer.qkv.weight, theirs.in_proj_weight), (layer.qkv.bias, theirs.in_proj_bias)):
            their.copy_(ours)
        _, weights = theirs(x[None], x[None], x[None], average_attn_weights=False)
        torch.testing.assert_close(looks(layer, x), weights[0])
