"""Opens pictures from anywhere, within bounds: small ones here, large ones in a process of their own."""

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock, Timer
from typing import IO

from PIL import Image

from engine.catalogue.params import SpecError
from engine.digits.decode import ASKED, LENGTH, SIZE, cost_of, decode
from engine.digits.decode import KEPT_SIDE as KEPT_SIDE
from engine.text import Text, text_from_json

SMALL = 5_000_000  # bytes to decode: what the pad sends is at most 1024 px a side


def picture_from_bytes(content: bytes, colour: bool = False) -> Image.Image:
    """The picture in grey, or as RGB in `colour`, as a person sees it: first frame, upright, transparency on paper, at
    most 320 px a side.

    Raises SpecError, before decoding where the header says enough.
    """
    return decode(content, colour) if cost_of(content, colour) <= SMALL else LARGE.decode(content, colour)


ROOT = Path(__file__).parents[2]
PATIENCE = 15.0  # s for one picture
IDLE_SECONDS = 20.0


class Decoder:
    """Decodes one picture at a time; whoever asks meanwhile waits."""

    def __init__(self, patience: float = PATIENCE, idle_seconds: float = IDLE_SECONDS) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._patience, self._idle_seconds = patience, idle_seconds
        self._lock, self._leaving = Lock(), Timer(0, self.close)

    def decode(self, content: bytes, colour: bool = False) -> Image.Image:
        """As `engine.digits.decode.decode`; a picture that takes too long, or ends the process, is refused as well."""
        with self._lock:
            self._leaving.cancel()
            if self.process and self.process.poll() is not None:
                self._end()
            process = self.process = self.process or _start()
            overdue = Timer(self._patience, process.kill)
            overdue.daemon = True
            overdue.start()
            try:
                return _answer(process, content, colour)
            except OSError as error:
                self._end()
                raise SpecError(Text("This picture takes too much to open."), Text("Choose a smaller one.")) from error
            finally:
                overdue.cancel()
                self._leaving = Timer(self._idle_seconds, self.close)
                self._leaving.daemon = True
                self._leaving.start()

    def close(self) -> None:
        """End the process; the next picture starts another."""
        with self._lock:
            self._leaving.cancel()
            self._end()

    def _end(self) -> None:
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None


LARGE = Decoder()
atexit.register(LARGE.close)


def _start() -> subprocess.Popen[bytes]:
    """It imports `engine` from here, whatever folder the server was started in."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH")) if p)
    return subprocess.Popen(
        [sys.executable, "-m", "engine.digits.decode"],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _answer(process: subprocess.Popen[bytes], content: bytes, colour: bool) -> Image.Image:
    """Raises OSError where the process is gone."""
    assert process.stdin and process.stdout
    process.stdin.write(ASKED.pack(len(content), colour))
    process.stdin.write(content)
    process.stdin.flush()
    width, height = SIZE.unpack(_read(process.stdout, SIZE.size))
    if width:
        mode, each = ("RGB", 3) if colour else ("L", 1)
        return Image.frombytes(mode, (width, height), _read(process.stdout, each * width * height))
    what, cure = (_read(process.stdout, LENGTH.unpack(_read(process.stdout, LENGTH.size))[0]) for _ in range(2))
    raise SpecError(text_from_json(json.loads(what)), text_from_json(json.loads(cure)))


def _read(stream: IO[bytes], count: int) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise OSError("The process for large pictures has ended.")
    return content
