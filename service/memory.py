"""What memory the service keeps, and what it gives back to the machine."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_MMAP_THRESHOLD = -3  # of glibc's mallopt(3)
_LARGE = 2**20  # bytes
# Objects made, and times that a younger generation was looked at; Python's own are 700, 10, 10.
_BETWEEN = (20_000, 20, 50)


def settle() -> None:
    """To be called before the first request.

    A large block is given back as soon as it is free. By itself glibc soon takes blocks of up to 32 MB from
    what it keeps for each thread, and keeps what was free between smaller ones: a service of 10,000 passages
    had grown to 630 MB after thirty writes, each of which makes an index, and has 270 so.

    What is there by now is no garbage, and an answer leaves none in circles, so it is looked for seldom.
    """
    with suppress(AttributeError, OSError):  # other C libraries have no such call
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_BETWEEN)


def let_go() -> None:
    """Gives back what an older generation holds in circles, and what was freed in pieces when the newer one
    was made."""
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
