"""What the service keeps of memory, in processes of their own."""

import platform
import subprocess
import sys

import pytest

from service.memory import settle

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that keeps memory")

_MEASURED = """
import numpy as np
from service.memory import settle

def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20

{settled}
np.ones(3 * 2**20)  # 24 MB, which glibc takes for the size of what a program needs again and again
before = held()
large, small = [], []
for _ in range(40):
    large.append(np.ones(2**18))  # 2 MB
    small.append(bytes(100_000))
del large
print(held() - before)
"""


def megabytes_kept(settled: str) -> float:
    """What a process still holds, of 80 MB that it had between small things that it keeps."""
    script = _MEASURED.format(settled=settled)
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return float(done.stdout)


def test_what_was_needed_for_a_while_is_given_back() -> None:
    assert megabytes_kept(f"{settle.__name__}()") < 20


def test_a_process_that_has_not_settled_keeps_it() -> None:
    assert megabytes_kept("") > 60
