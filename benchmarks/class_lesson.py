"""Thirty students at once: how soon and how evenly their curves grow, what it costs, how fast a stroke is read."""

import asyncio
import contextlib
import http.client
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
from websockets.asyncio.client import connect

from benchmarks.class_quiet import wait_until_warm
from benchmarks.goals import told
from benchmarks.processes import cores_used, cpu_seconds, family, memory_mb
from engine.kinds import job_to_json
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tools.browser import Server, local_server

STUDENTS, CORES = 30, 2
WATCH_SECONDS = 20.0
STROKES = 30
ROUNDS, ROUND_SECONDS = 4, 6.0  # of the class and of two plain trainings in turn
PLAIN = Path(__file__).with_name("plain_training.py")
MLP = Classification(PRESETS["mlp"].network, replace(PRESETS["mlp"].config, epochs=100))


@dataclass(slots=True)
class Student:
    """One owner with one run, and when its points arrived at a WebSocket that reads it."""

    owner: str
    asked: float
    run_id: str = ""
    points: list[float] = field(default_factory=list)
    newest: str = ""

    @property
    def step(self) -> int:
        """The newest that has been told."""
        steps: list[int] = json.loads(self.newest)["steps"]["step"]
        return steps[-1]

    def gap(self, begin: float, end: float) -> float:
        """The longest time without a point between two moments."""
        times = [begin, *(t for t in self.points if begin < t < end), end]
        return max(b - a for a, b in itertools.pairwise(times))


class Lesson:
    """A running server, asked over HTTP."""

    def __init__(self, server: Server) -> None:
        self.url, self.pid = server.url, server.process.pid

    def ask(self, **what: Any) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/lesson", json.dumps(what).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def start(self, student: Student) -> None:
        student.run_id = self.ask(start=job_to_json(MLP), owner=student.owner)["run"]

    def control(self, students: Sequence[Student], action: str) -> None:
        with ThreadPoolExecutor(STUDENTS) as pool:
            list(pool.map(lambda s: self.ask(control=action, run=s.run_id, owner=s.owner), students))

    def hosts(self) -> list[psutil.Process]:
        return [psutil.Process(pid) for pid in self.ask(hosts=True)["processes"]]


def lesson() -> list[bool]:
    """Hold the lesson and print what it was like; which goals were met."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        os.environ["PLAYGROUND_WORKERS"] = str(CORES)
        with local_server(Path(name), "benchmarks/class_app.py") as server:
            wait_until_warm(server)
            return asyncio.run(_held(Lesson(server)))


async def _held(lesson: Lesson) -> list[bool]:
    students = [Student(f"student-{n}-of-the-class", 0.0) for n in range(STUDENTS)]
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for student in students:
            student.asked = time.monotonic()
            group.create_task(asyncio.to_thread(lesson.start, student))
    print(f"    {STUDENTS} runs of mlp started within {time.monotonic() - began:.2f} s")
    async with _watched(lesson, students):
        while not all(student.points for student in students):
            await asyncio.sleep(0.05)
        first = max(student.points[0] - student.asked for student in students)
        met = [told("class: slowest first point", first, "s", 3)]
        met += await _a_while(lesson, students)
        strokes = await asyncio.to_thread(_strokes, lesson.url, ["demo", students[0].run_id])
        for model, took in strokes.items():
            met.append(told(f"class: stroke read by {model}, median", statistics.median(took), "ms", 120))
        met.append(await asyncio.to_thread(_speed, lesson, students))
    return met


async def _a_while(lesson: Lesson, students: Sequence[Student]) -> list[bool]:
    begin = time.monotonic()
    server = [psutil.Process(lesson.pid)]
    used = await asyncio.to_thread(cores_used, server, WATCH_SECONDS)
    end = time.monotonic()
    hosts = {process.pid for process in lesson.hosts()}
    processes = family(lesson.pid)
    memory = memory_mb(processes)
    in_hosts, in_server = memory_mb(p for p in processes if p.pid in hosts), memory_mb(processes[:1])
    print(f"    server {in_server:.0f} MB, {len(hosts)} hosts {in_hosts:.0f} MB, {len(processes)} processes in all")
    updates = sum(begin < t < end for s in students for t in s.points) / STUDENTS / (end - begin)
    print(
        f"    every watcher had {updates:.1f} updates a second; the median of the longest gaps was "
        f"{statistics.median(s.gap(begin, end) for s in students):.2f} s"
    )
    return [
        told("class: longest gap between points of any run", max(s.gap(begin, end) for s in students), "s", 3),
        told("class: server's CPU with 30 watchers", 100 * used, "%", 15),
        told("class: whole memory (PSS)", memory, "MB", 1000),
    ]


@contextlib.asynccontextmanager
async def _watched(lesson: Lesson, students: Sequence[Student]) -> AsyncIterator[None]:
    """While somebody reads every run by a WebSocket."""

    async def watch(student: Student) -> None:
        address = f"{lesson.url.replace('http', 'ws')}/api/runs/{student.run_id}/events?after=0"
        async with connect(address, max_size=None) as socket:
            async for text in socket:
                if '"steps"' in text:
                    student.points.append(time.monotonic())
                    student.newest = str(text)

    watching = [asyncio.create_task(watch(student)) for student in students]
    try:
        yield
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


def _strokes(url: str, models: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds from a drawing posted to its answer, over one open connection as a browser's."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    took: dict[str, list[float]] = {name: [] for name in ("demo", "a run that trains")}
    for number in range(STROKES):
        lean = 2 * (number % 5)
        drawing = {"size": [280, 280], "width": 20, "strokes": [[[90, 60], [190, 60 + lean], [130 + lean, 230]]]}
        for name, model in zip(took, models, strict=True):
            began = time.perf_counter()
            connection.request(
                "POST", f"/api/predict/{model}", json.dumps(drawing), {"content-type": "application/json"}
            )
            answer = connection.getresponse()
            content = answer.read()
            took[name].append(1000 * (time.perf_counter() - began))
            if answer.status != 200:
                raise RuntimeError(f"A stroke was answered with {answer.status}: {content[:200]!r}")
        time.sleep(0.1)
    return took


def _speed(lesson: Lesson, students: Sequence[Student]) -> bool:
    """Pictures per CPU-second of the hosts, over those of two plain trainings, in turns: noise falls on both alike."""
    with _plain(CORES) as plain:
        ratios = []
        for _ in range(ROUNDS):
            ratios.append(_class_speed(lesson, students) / _paused_speed(lesson, students, plain))
    print("    rounds: " + ", ".join(f"{ratio:.2f}" for ratio in ratios))
    return told("class / two plain trainings, per CPU-second", statistics.median(ratios), "x", 0.9, at_least=True)


def _class_speed(lesson: Lesson, students: Sequence[Student]) -> float:
    hosts = lesson.hosts()
    steps, cpu = sum(student.step for student in students), cpu_seconds(hosts)
    time.sleep(ROUND_SECONDS)
    done, took = sum(student.step for student in students) - steps, cpu_seconds(hosts) - cpu
    return done * MLP.config.batch_size / took


def _paused_speed(lesson: Lesson, students: Sequence[Student], plain: Sequence[subprocess.Popen[str]]) -> float:
    lesson.control(students, "pause")
    for process in plain:
        print(ROUND_SECONDS, file=process.stdin, flush=True)
    told = [process.stdout.readline().split() for process in plain if process.stdout]
    lesson.control(students, "resume")
    time.sleep(1)  # until all are under way again
    return sum(int(pictures) for pictures, _ in told) / sum(float(seconds) for _, seconds in told)


@contextlib.contextmanager
def _plain(count: int) -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, str(PLAIN), "mlp"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) for _ in range(count)]
    try:
        for process in processes:
            assert process.stdout
            process.stdout.readline()
        yield processes
    finally:
        for process in processes:
            process.communicate()
