"""Large pictures, decoded in a process of their own that is started, killed and started again."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.catalogue.params import SpecError
from engine.digits import pictures
from engine.digits.decode import MAX_DECODED, decode
from engine.digits.pictures import Decoder, picture_from_bytes

PATIENCE = 60.0


def one(mode: str, side: int, format: str = "PNG", **options: object) -> bytes:
    """A large square picture of a stroke."""
    picture = Image.new("L", (side, side), 255)
    ImageDraw.Draw(picture).line((side / 2, side / 5, side / 2, side * 4 / 5), 0, side // 10)
    with io.BytesIO() as file:
        picture.convert(mode).save(file, format, **options)
        return file.getvalue()


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGB", "RGBA", "I;16"])
def test_a_large_picture_is_decoded_apart_to_the_same_pixels(mode: str) -> None:
    content = one(mode, 2400)
    apart = picture_from_bytes(content)
    assert pictures.LARGE.process is not None and pictures.LARGE.process.poll() is None
    assert np.array_equal(np.asarray(apart), np.asarray(decode(content)))


def test_a_small_picture_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGE", Decoder())
    picture_from_bytes(one("RGB", 1024))
    assert pictures.LARGE.process is None


def test_the_process_ends_when_no_picture_came_for_a_while() -> None:
    decoder = Decoder(idle_seconds=0.2)
    decoder.decode(one("L", 400))
    process = decoder.process
    assert process is not None
    process.wait(PATIENCE)
    decoder.decode(one("L", 400))
    decoder.close()


def test_a_picture_after_the_process_was_killed_is_opened_by_another() -> None:
    decoder = Decoder()
    decoder.decode(one("L", 400))
    assert decoder.process
    decoder.process.kill()
    decoder.process.wait()
    assert decoder.decode(one("L", 400)).size == (320, 320)
    decoder.close()


def test_a_picture_that_takes_too_long_is_refused_and_its_process_killed() -> None:
    decoder = Decoder(patience=0.0)
    with pytest.raises(SpecError, match="takes too much to open"):
        decoder.decode(one("RGB", 4000))
    assert decoder.process is None


def test_the_process_passes_refusals_on() -> None:
    decoder = Decoder()
    with pytest.raises(SpecError, match="damaged") as refused:
        decoder.decode(one("L", 2400)[:3000])
    assert refused.value.cure
    decoder.close()


@pytest.mark.parametrize(
    ("mode", "side", "format", "options"),
    [
        ("RGB", 5000, "PNG", {}),
        ("RGBA", 4600, "PNG", {}),
        ("RGB", 2600, "WEBP", {}),
        ("RGB", 4000, "JPEG", {"progressive": True}),
    ],
)
def test_what_would_take_too_much_memory_is_refused_by_its_header(
    mode: str, side: int, format: str, options: dict[str, object]
) -> None:
    with pytest.raises(SpecError, match="megapixels of this kind"):
        picture_from_bytes(one(mode, side, format, **options)[:20_000])


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system of Linux and macOS for the memory")
@pytest.mark.parametrize(("mode", "side"), [("L", 6300), ("P", 6300), ("RGB", 4400), ("RGBA", 4400), ("I;16", 6300)])
def test_decoding_takes_little_more_than_the_picture(mode: str, side: int) -> None:
    script = (
        "import resource, sys\nfrom engine.digits.decode import decode\n"
        "content = sys.stdin.buffer.read()\nbefore = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "decode(content)\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], input=one(mode, side), capture_output=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < MAX_DECODED * 1.3
