"""What came out of a study, in words, whichever way it went."""

from typing import Any

from engine.network.spec import CLASSES
from engine.study.config import Study
from engine.text import Text, sentences
from ui.language import say, say_number


def outcome(finished: dict[str, Any]) -> str:
    """The answer to the study's question. A difference counts as clear when every pair agrees on its sign and it is
    larger than the pairs differ from each other."""
    pairs, points, spread = finished["pairs"], 100 * finished["difference"], 100 * finished["difference_spread"]
    if not pairs:
        return say("**Stopped before the first pair of trainings was done.** There is nothing to compare.")
    means = Text(
        "{without:.1f} % without, {mixed:.1f} % with generated pictures",
        without=100 * finished["real_mean"],
        mixed=100 * finished["mixed_mean"],
    )
    values: dict[str, Any] = {"points": _signed(points), "spread": spread, "pairs": pairs, "means": means}
    if pairs == 1:
        return say("**{points} points** ({means}). One repeat alone cannot tell chance from effect.", **values)
    if finished["agree"] < pairs or abs(points) <= spread:
        return say(
            "**No clear difference:** {points} points ± {spread:.1f} ({means}), within what chance does.", **values
        )
    if points > 0:
        return say(
            "**The generated pictures helped:** {points} points ± {spread:.1f} in {pairs} of {pairs} repeats "
            "({means}).",
            **values,
        )
    return say(
        "**The generated pictures did harm:** {points} points ± {spread:.1f} in {pairs} of {pairs} repeats ({means}). "
        "Probably too many of them do not match their label.",
        **values,
    )


def fairness(study: Study) -> str:
    """What the comparison does not show: the GAN knows more real pictures than the classifier was given."""
    own, seen = CLASSES * study.per_digit, study.gan.config.images
    steps = study.training(study.seed).steps
    both = Text("Both trainings of a pair take {steps:n} steps and start alike.", steps=steps)
    if seen <= own:
        return say(sentences(both, Text("The GAN was trained on {seen:n} real pictures.", seen=seen)))
    more = Text(
        "The GAN itself was trained on {seen:n} real pictures, so what it generates tells more than the classifier's "
        "own {own:n}: whoever has only those cannot train this GAN.",
        seen=seen,
        own=own,
    )
    return say(sentences(both, more))


def short(study: Study, finished: dict[str, Any] | None, status: str) -> str:
    """One line about an earlier study."""
    sizes = {"real": study.per_digit, "generated": study.added_per_digit}
    if not finished or not finished["pairs"]:
        return say("{real} real and {generated} generated of each digit: {status}", **sizes, status=status)
    return say(
        "{real} real and {generated} generated of each digit: **{points} points** ± {spread:.1f}",
        **sizes,
        points=_signed(100 * finished["difference"]),
        spread=100 * finished["difference_spread"],
    )


def _signed(points: float) -> str:
    sign = "−" if round(points, 1) < 0 else "+"
    return sign + say_number(abs(points), ".1f")
