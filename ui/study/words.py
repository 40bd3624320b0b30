"""What came out of a study, in words, whichever way it went."""

from typing import Any

from engine.network.spec import CLASSES
from engine.study.config import Study
from engine.text import number


def outcome(finished: dict[str, Any]) -> str:
    """The answer to the study's question. A difference counts as clear when every pair agrees on its sign and it is
    larger than the pairs differ from each other."""
    pairs, points, spread = finished["pairs"], 100 * finished["difference"], 100 * finished["difference_spread"]
    if not pairs:
        return "**Stopped before the first pair of trainings was done.** There is nothing to compare."
    means = f"{100 * finished['real_mean']:.1f} % without, {100 * finished['mixed_mean']:.1f} % with made pictures"
    if pairs == 1:
        return f"**{_signed(points)} points** ({means}). One repeat alone cannot tell chance from effect."
    if finished["agree"] < pairs or abs(points) <= spread:
        return f"**No clear difference:** {_signed(points)} points ± {spread:.1f} ({means}), within what chance does."
    how = f"{_signed(points)} points ± {spread:.1f} in {pairs} of {pairs} repeats ({means})."
    if points > 0:
        return f"**The made pictures helped:** {how}"
    return f"**The made pictures did harm:** {how} Probably too many of them do not look like their label."


def fairness(study: Study) -> str:
    """What the comparison does not show: the GAN knows more real pictures than the classifier was given."""
    own, seen = CLASSES * study.per_digit, study.gan.config.images
    both = f"Both trainings of a pair take {study.training(study.seed).steps} steps and start alike."
    if seen <= own:
        return f"{both} The GAN was trained on {number(seen)} real pictures."
    return (
        f"{both} The GAN itself was trained on {number(seen)} real pictures, so what it makes tells more than the "
        f"classifier's own {number(own)}: whoever has only those cannot train this GAN."
    )


def short(study: Study, finished: dict[str, Any] | None, status: str) -> str:
    """One line about an earlier study."""
    sizes = f"{study.per_digit} real and {study.added_per_digit} made of each digit"
    if not finished or not finished["pairs"]:
        return f"{sizes}: {status}"
    points, spread = 100 * finished["difference"], 100 * finished["difference_spread"]
    return f"{sizes}: **{_signed(points)} points** ± {spread:.1f}"


def _signed(points: float) -> str:
    sign = "−" if round(points, 1) < 0 else "+"
    return f"{sign}{abs(points):.1f}"
