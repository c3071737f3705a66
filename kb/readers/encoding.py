"""Bytes to text: which encoding they are in, and what a text must not hold."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from kb.errors import ReadError

# Longest first: the UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# The encodings a page may name: no codec that transforms (rot13, zlib), none that hides ASCII (utf-7).
_NAMED = re.compile(
    r"utf-(8|16|32)|ascii|iso8859|iso2022|cp\d|koi8|mac-|shift_jis|euc_|gb|big5|hz$|tis-620|johab"
)
_SINGLE_BYTE = re.compile(r"ascii|iso8859|cp\d|koi8|mac-|tis-620")

# What is guessed among, where nothing is said: with all of the library's hundred, English with curly
# quotes came out as Estonian in cp852. On a tie Windows' Western wins, as it does on the web.
_SEEN_ON_THE_WEB = [
    *("cp1252", "cp1250", "iso8859_2"),
    *("cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
]

_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b")
# Compressed bytes are a tenth controls, text has none; a stray one is stripped, not refused.
_BINARY_SHARE = 0.02
_BINARY_SHARE_OF_UTF8 = 0.10

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Joiners mean something between emoji and in the scripts from Arabic on; elsewhere they hide in words.
_JOINED = "\u0600-\u1fff\u2100-\ufefe\uff00-\U000dffff"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls
    "\u00ad\u034f\u180e\u200b\u2060-\u2065\ufeff"  # zero width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"  # annotations, non-characters, tags
    f"|(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile("[\udc80-\udcff]+")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`, cleaned.

    Asked in turn: a byte order mark, the encoding that the source itself declares, strict UTF-8, and
    only then the look of the bytes. UTF-8 beats a declared single-byte encoding, which fits any bytes
    and is the commonest of wrong declarations. Raises ReadError for what is no text.
    """
    return clean(_decode(data, declared))


def clean(text: str) -> str:
    """Text without what cannot be seen: one kind of line break, no controls, no zero-width or
    direction marks (words hidden in them would be found but not read), no half characters."""
    text = _BREAKS.sub("\n", text)
    return _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))


def _decode(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    named = _encoding_named(declared)
    if named and not _SINGLE_BYTE.match(named) and (text := _strictly(data, named)) is not None:
        return text
    if (wide := _wide_without_mark(data)) is not None:
        return wide
    controls = 1 - len(data.translate(None, _CONTROLS)) / max(len(data), 1)
    utf8 = _strictly(data, "utf-8")
    if controls > (_BINARY_SHARE if utf8 is None else _BINARY_SHARE_OF_UTF8):
        raise ReadError("is binary, not text")
    if utf8 is not None:
        return utf8
    if named and (text := _strictly(data, named)) is not None:
        return text
    return _nearly_utf8(data) or _guess(data)


def _encoding_named(declared: str | None) -> str | None:
    try:
        name = codecs.lookup((declared or "").strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    if name in ("iso8859-1", "ascii"):
        return "cp1252"  # what browsers take these two for
    return name if _NAMED.match(name) else None


def _strictly(data: bytes, encoding: str) -> str | None:
    if encoding.startswith(("utf-16", "utf-32")) and b"\0" not in data[:4096]:
        return None  # a page that says so in ASCII is not
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 of a mostly Latin text: every other byte is zero, and no other is."""
    head = data[: 4096 & ~1]
    if len(head) < 4 or len(data) % 2:
        return None
    for encoding, zeros, others in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if zeros.count(0) > 0.7 * len(zeros) and others.count(0) == 0:
            return _strictly(data, encoding)
    return None


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few foreign bytes, such as a paragraph pasted from elsewhere or a cut-off end."""
    text = data.decode("utf-8", "surrogateescape")
    escaped = sum(len(match[0]) for match in _ESCAPED.finditer(text))
    right = sum(not c.isascii() for c in text) - escaped if escaped * 2 < len(text) else 0
    if right < 2 * escaped:
        return None
    return _ESCAPED.sub(lambda match: _western(match[0].encode("utf-8", "surrogateescape")), text)


def _western(data: bytes) -> str:
    return data.decode("cp1252", "replace")


def _guess(data: bytes) -> str:
    # Below a hundred bytes no guess is worth more than the commonest answer.
    if len(data) < 100:
        return _western(data)
    matches = list(from_bytes(data, cp_isolation=_SEEN_ON_THE_WEB))
    if not matches:
        raise ReadError("is in an encoding that cannot be told; save it as UTF-8")
    cleanest = min(match.chaos for match in matches)
    matches = [match for match in matches if match.chaos == cleanest]
    best = max(match.coherence for match in matches)
    western = (m for m in matches if "cp1252" in m.could_be_from_charset and m.coherence > best - 0.02)
    return str(next(western, matches[0]))
