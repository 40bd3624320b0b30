"""One torch thread in the tests and in every process they start: two on a busy machine wait for each other."""

import os

os.environ["OMP_NUM_THREADS"] = "1"
