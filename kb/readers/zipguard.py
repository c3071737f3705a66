"""A look at a zip archive's directory before anything is unpacked.

Python's zipfile never yields more of an entry than the directory says, so the sizes that are summed
here hold even where the directory lies: what lies comes out cut off and fails its checksum.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import PurePosixPath

from kb.errors import LimitError, ReadError
from kb.limits import MEGABYTE, Limits

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what Office writes; others unpack without bound
_ARCHIVES = frozenset([".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".jar", ".docx", ".zst"])
_RATIO_FROM = 1 * MEGABYTE  # smaller entries may shrink as much as they like
_ENCRYPTED = 0x1


def check_archive(data: bytes, limits: Limits) -> None:
    """Raises LimitError for a bomb, ReadError for an archive that is damaged, locked or odd."""
    if len(data) > limits.zip_bytes:
        raise LimitError(f"is larger than {limits.zip_bytes:,} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, OSError):
        raise ReadError("is damaged: it cannot be opened as a zip archive") from None
    if len(entries) > limits.zip_entries:
        raise LimitError(f"holds more than {limits.zip_entries:,} files")
    if sum(entry.file_size for entry in entries) > limits.zip_unpacked:
        raise LimitError(f"unpacks to more than {limits.zip_unpacked:,} bytes")
    names: set[str] = set()
    for entry in entries:
        _check_entry(entry, limits)
        if entry.filename in names:
            raise ReadError("is damaged: it holds one file twice")
        names.add(entry.filename)


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if entry.flag_bits & _ENCRYPTED:
        raise ReadError("is password-protected")
    if entry.compress_type not in _METHODS:
        raise ReadError("is packed in a way that Office does not use")
    if entry.file_size > _RATIO_FROM and entry.file_size > limits.zip_ratio * max(1, entry.compress_size):
        raise LimitError(f"holds a file that unpacks to more than {limits.zip_ratio} times its size")
    if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(entry.external_attr >> 16):
        raise ReadError("holds a file that points outside of it")
    # Charts and attachments keep their data in embeddings; they are never opened.
    if path.suffix.lower() in _ARCHIVES and "embeddings" not in path.parts:
        raise ReadError("holds another archive")
