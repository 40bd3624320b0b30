"""How a benchmark tells what it measured: a line with the goal, and whether it is met."""


def told(what: str, value: float, unit: str, goal: float, *, at_least: bool = False) -> bool:
    """Print it; whether `value` is below the goal, or where asked at or above it."""
    sign = ">=" if at_least else "<"
    return _print(what, value, unit, f"{sign} {goal:g}", value >= goal if at_least else value < goal)


def told_range(what: str, value: float, unit: str, low: float, high: float) -> bool:
    return _print(what, value, unit, f"{low:g} to {high:g}", low <= value <= high)


def told_none(what: str, value: int) -> bool:
    """Of a count that must be 0."""
    return _print(what, value, "", "0", value == 0)


def _print(what: str, value: float, unit: str, goal: str, met: bool) -> bool:
    shown = f"{value:,.0f}" if abs(value) >= 1000 or isinstance(value, int) else f"{value:.3g}"
    print(f"{what:<56}{shown:>9} {unit:<4} goal {goal:<12} {'met' if met else 'MISSED'}", flush=True)
    return met
