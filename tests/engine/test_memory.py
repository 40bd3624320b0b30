import os
import subprocess
import sys

import pytest

FAULTS = """
import engine, resource, torch
def fault_count():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for step in range(30):
    if step == 20:
        before = fault_count()
    torch.ones(2**23)
print(fault_count() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only glibc is told, which macOS and Windows have not.")
def test_big_tensors_of_a_step_are_not_fetched_from_the_system_each_time() -> None:
    """In a process that was started plainly, without a variable of the C library."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    told = [
        int(subprocess.check_output([sys.executable, "-c", program], env=environment, text=True))
        for program in (FAULTS, FAULTS.replace("import engine,", "import"))
    ]
    assert told[0] < 0.1 * told[1]


COLLECTED = """
import gc, time
from engine import memory
memory.LOOK_SECONDS, memory.QUIET = 0.1, 0.02
memory.MOST_GROWTH = memory.WHOLE_GROWTH = 10**12
full = lambda: gc.get_stats()[2]["collections"]
memory.collect_when_quiet()
before, until = full(), time.process_time() + 0.5
kept = []
while time.process_time() < until:
    kept.append([{} for _ in range(500)])
busy = full() - before
gone = time.monotonic() + 20
while full() == before and time.monotonic() < gone:
    time.sleep(0.05)
print(busy, full() - before)
"""


def test_a_full_collection_waits_until_there_is_little_to_do() -> None:
    answer = subprocess.run([sys.executable, "-c", COLLECTED], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["0", "1"]


LITTLE = """
import gc, time
from engine import memory
memory.LOOK_SECONDS, memory.REST_SECONDS = 0.05, 0.5
full = lambda: gc.get_stats()[2]["collections"]
memory.collect_when_quiet()
time.sleep(1)
gc.collect(1)
before, gone = full(), time.monotonic() + 20
while full() == before and time.monotonic() < gone:
    time.sleep(0.05)
print(full() - before)
"""


def test_at_rest_even_a_little_garbage_is_collected_in_the_end() -> None:
    answer = subprocess.run([sys.executable, "-c", LITTLE], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["1"]


HEAPS = """
import re, threading
import engine, psutil
from engine.memory import share_memory
SHARED
before, all_there = psutil.Process().memory_info().rss, threading.Barrier(12)
def work():
    big = bytearray(5_000_000)
    all_there.wait()
    del big
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(psutil.Process().memory_info().rss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only glibc is told, which macOS and Windows have not.")
def test_threads_of_a_server_do_not_each_keep_what_they_once_took() -> None:
    kept = [
        int(subprocess.check_output([sys.executable, "-c", HEAPS.replace("SHARED", line)], text=True))
        for line in ("share_memory()", "")
    ]
    assert kept[0] < 0.5 * kept[1], kept


WHOLE = """
import gc, time, weakref
from engine import memory
memory.LOOK_SECONDS, memory.REST_SECONDS, memory.IDLE_SECONDS = 0.05, 0.3, 0.2
class Kept: ...
kept = [Kept() for _ in range(100)]
for one in kept:
    one.itself = one
seen = weakref.ref(kept[0])
memory.collect_when_quiet()
gone = time.monotonic() + 20
while gc.get_freeze_count() < 100 and time.monotonic() < gone:  # until a collection found it in use
    gc.collect(1)
    time.sleep(0.05)
del kept, one
while seen() and time.monotonic() < gone:
    gc.collect(1)
    time.sleep(0.05)
print(seen())
"""


def test_what_was_in_use_under_load_is_looked_through_again_once_nobody_asks() -> None:
    answer = subprocess.run([sys.executable, "-c", WHOLE], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["None"]
