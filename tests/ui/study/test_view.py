"""What a study's answer says: help, harm or chance, never more than the figures do."""

from dataclasses import replace

from engine.gan.recipes import RECIPES
from engine.study.config import Study
from ui.study.view import fairness, judged, outcome, short

STUDY = Study("run", RECIPES["conditional"].gan, per_digit=20)


def finished(difference: float, spread: float, pairs: int = 3, agree: int = 3) -> dict[str, float]:
    means = {"real_mean": 0.9, "mixed_mean": 0.9 + difference}
    return {"pairs": pairs, "difference": difference, "difference_spread": spread, "agree": agree, **means}


def test_a_clear_difference_is_called_help_or_harm() -> None:
    assert outcome(finished(0.021, 0.005)) == (
        "**The generated pictures helped:** +2.1 points ± 0.5 in 3 of 3 repeats "
        "(90.0 % without, 92.1 % with generated pictures)."
    )
    assert outcome(finished(-0.021, 0.005)).startswith("**The generated pictures did harm:** −2.1 points ± 0.5")


def test_what_chance_could_do_is_not_called_a_difference() -> None:
    assert "No clear difference" in outcome(finished(0.004, 0.006))
    assert "No clear difference" in outcome(finished(0.02, 0.005, agree=2))
    assert "One repeat alone cannot tell" in outcome(finished(0.05, 0, pairs=1, agree=1))
    assert "nothing to compare" in outcome(finished(0, 0, pairs=0, agree=0))


def test_a_guess_is_held_against_what_came_out() -> None:
    assert judged("helped", finished(0.021, 0.005)) == "**You guessed “Better”, and so it is.**"
    assert judged("helped", finished(0.004, 0.006)) == "**You guessed “Better”; it came out otherwise.**"
    assert judged("unclear", finished(0.004, 0.006)).endswith("and so it is.**")
    assert judged("", finished(0.021, 0.005)) == judged("harmed", finished(0.05, 0, pairs=1, agree=1)) == ""


def test_it_says_that_the_gan_has_seen_more_than_the_classifier() -> None:
    words = fairness(STUDY)
    assert "trained on 60,000 real pictures" in words and "own 200" in words
    few = replace(STUDY, gan=replace(STUDY.gan, config=replace(STUDY.gan.config, images=200)))
    assert "tells more" not in fairness(few)


def test_earlier_ones_are_told_in_a_line() -> None:
    assert (
        short(STUDY, finished(0.021, 0.005), "finished")
        == "20 real and 200 generated of each digit: **+2.1 points** ± 0.5"
    )
    assert short(STUDY, None, "running").endswith(": running")
