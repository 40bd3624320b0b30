"""What a browser may send as own digits, true or forged."""

import base64

import pytest
from streamlit.testing.v1 import AppTest

from engine.training.own_digits import LEAST, MOST, PIXELS
from tests.ui.conftest import visitor
from ui.backend import service
from ui.draw.teaching import begin_teaching, is_being_taught, teaching

ONE = base64.b64encode(bytes(PIXELS)).decode()


@pytest.mark.parametrize(
    "told",
    [
        *("", 7, [], {}, {"labels": "7"}, {"labels": "7" * LEAST, "pictures": "7"}),
        *({"labels": "7" * LEAST, "pictures": [ONE] * (LEAST - 1)}, {"labels": "7", "pictures": [ONE] * (MOST + 1)}),
        *({"labels": "7" * LEAST, "pictures": [None] * LEAST}, {"labels": "7" * LEAST, "pictures": ["!"] * LEAST}),
        {"labels": ["7"] * LEAST, "pictures": [ONE] * LEAST},
        {"labels": "7" * LEAST, "pictures": [ONE * 2] * LEAST},
    ],
)
def test_forged_digits_are_refused_in_a_sentence_and_begin_nothing(untrained: AppTest, told: object) -> None:
    mine = visitor(untrained)
    assert begin_teaching(mine, "demo", told).endswith(".")
    assert mine.pad_model == "demo" and not service().runs(limit=5)


def test_only_a_network_of_the_visitor_s_own_is_taught(untrained: AppTest) -> None:
    told = {"labels": "7" * LEAST, "pictures": [ONE] * LEAST}
    assert "of your own" in begin_teaching(visitor(untrained), "somebody-elses-run", told)
    assert teaching(None)["figures"] is None and not is_being_taught(None)
