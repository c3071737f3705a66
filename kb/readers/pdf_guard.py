"""A look at a PDF's streams before pdfium unpacks them: a megabyte can hold a gigabyte."""

from __future__ import annotations

import re
import zlib

from kb.errors import LimitError
from kb.limits import MEGABYTE, Limits

# pdfium needs about twice what a stream unpacks to (1 GB took 1.9 GB). Text never comes near this;
# pictures may, but are not unpacked for reading.
_STREAM = 100 * MEGABYTE
_STEP = 1 * MEGABYTE
_DICTIONARY = 4096  # bytes before the word stream in which its filters stand
_START = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")


def check_streams(data: bytes, limits: Limits) -> None:
    """Raises LimitError where a stream, or all of them together, unpack to more than is read."""
    total = 0
    for start in _START.finditer(data):
        if data[start.start() - 3 : start.start()] == b"end":
            continue
        opening = max(0, start.start() - _DICTIONARY)
        dictionary = data[opening : start.start()].rpartition(b" obj")[2]
        if _PICTURE.search(dictionary):
            continue
        layers = len(_FLATE.findall(dictionary))
        if layers:
            total += _unpacked(data, start.end(), min(layers, 4))
        if total > 2 * limits.zip_unpacked:
            raise LimitError(f"unpacks to more than {2 * limits.zip_unpacked:,} bytes")


def _unpacked(data: bytes, start: int, layers: int) -> int:
    """The size of a stream's last layer, counted piece by piece, without keeping any of it."""
    inflaters = [zlib.decompressobj() for _ in range(layers)]
    size = 0
    fed = start
    try:
        while fed < len(data) and not inflaters[0].eof:
            piece = data[fed : fed + 64 * 1024]
            fed += len(piece)
            size += _feed(inflaters, 0, piece, size)
    except zlib.error:
        return size  # damaged or encrypted: pdfium will not unpack it either, or not from here
    return size


def _feed(inflaters: list[zlib._Decompress], layer: int, piece: bytes, before: int) -> int:
    if layer == len(inflaters):
        if before + len(piece) > _STREAM:
            raise LimitError(f"holds a stream that unpacks to more than {_STREAM:,} bytes")
        return len(piece)
    size = 0
    while piece:
        size += _feed(inflaters, layer + 1, inflaters[layer].decompress(piece, _STEP), before + size)
        piece = inflaters[layer].unconsumed_tail
    return size
