"""Small drawings of the layers for sequences, for the gallery: the inside of an SVG of 44 x 28."""

from collections.abc import Callable, Iterable


def sequence_icon(kind: str) -> str:
    """What the layer does to steps, which are bars side by side."""
    match kind:
        case "RowsAsSteps":
            return "".join(_bar(4 + 9 * i, 5 + 6 * i, 12, 4, 0.4 + 0.2 * i) for i in range(3)) + _arrow(1, 24, 40)
        case "PatchEmbedding":
            squares = "".join(_bar(1 + 7 * c, 7 + 7 * r, 6, 6, 0.3 + 0.2 * (2 * r + c)) for r in (0, 1) for c in (0, 1))
            return squares + _arrow(17, 14, 22) + "".join(_bar(25 + 5 * i, 5, 4, 18, 0.3 + 0.2 * i) for i in range(4))
        case "Conv1d":
            return _steps(range(5), lambda i: 1 if i < 3 else 0.3) + _bar(6, 25, 18, 2, 1)
        case "RNN" | "LSTM" | "GRU":
            gates = {"RNN": 0, "GRU": 2, "LSTM": 3}[kind]
            dots = "".join(f'<circle cx="{15 + 6 * i}" cy="14" r="2" fill="#fff"/>' for i in range(gates))
            return _bar(10, 8, 22, 12, 0.9) + dots + _loop() + _arrow(1, 14, 9) + _arrow(33, 14, 42)
        case "SelfAttention":
            lines = "".join(f"M{a} 6L{b} 22" for a in (8, 22, 36) for b in (8, 22, 36))
            dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.6"/>' for x in (8, 22, 36) for y in (6, 22))
            return f'<path d="{lines}" stroke-width="0.9" opacity="0.6"/>{dots}'
        case "LearnedPositions":
            return _steps(range(5), lambda _: 0.5) + "".join(_bar(5 + 8 * i, 24, 3, 2 + i % 3, 1) for i in range(5))
        case "SinusoidalPositions":
            wave = '<path d="M2 25q5 -6 10 0t10 0t10 0t10 0" fill="none" stroke-width="1.4"/>'
            return _steps(range(5), lambda _: 0.5) + wave
        case "ClassToken":
            return _steps(range(5), lambda i: 1 if i == 0 else 0.3) + '<circle cx="6" cy="25" r="2"/>'
        case "Delay":
            waves = "".join(f"M{x} 7q3 3 0 6t0 6" for x in (26, 33, 40))
            return _steps(range(3), lambda i: 1) + f'<path d="{waves}" fill="none" stroke-width="1.4" opacity="0.5"/>'
        case "PickStep":
            return _steps(range(5), lambda i: 1 if i == 0 else 0.2)
        case "MeanOverSteps":
            return _steps(range(3), lambda i: 0.3 + 0.2 * i) + _arrow(28, 13, 34) + _bar(37, 4, 5, 18, 0.8)
        case _:
            across = "".join(_bar(26, 4 + 7 * i, 16, 5, 0.4 + 0.2 * i) for i in range(3))
            return _steps(range(2), lambda i: 0.5 + 0.3 * i) + _arrow(18, 13, 24) + across


def _bar(left: float, top: float, width: float, height: float, shade: float) -> str:
    return f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="1" opacity="{shade:.2f}"/>'


def _steps(places: Iterable[int], shade: Callable[[int], float]) -> str:
    return "".join(_bar(4 + 8 * i, 4, 5, 18, shade(i)) for i in places)


def _arrow(left: float, y: float, right: float) -> str:
    path = f"M{left} {y}H{right}m-2.5 -2.5l2.5 2.5l-2.5 2.5"
    return f'<path d="{path}" fill="none" stroke-width="1.2"/>'


def _loop() -> str:
    """From the end of a box back to its beginning: what is remembered."""
    return '<path d="M30 8C34 -1 8 -1 12 8" fill="none" stroke-width="1.2"/>'
