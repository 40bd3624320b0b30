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
