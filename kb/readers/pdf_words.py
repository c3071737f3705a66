"""The words of a PDF page, and the lines that they make."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pypdfium2.raw as pdfium

from kb.readers.pdf_geometry import BULLET, HYPHEN, Frame, Line, Page, Word

# The typographic ligatures and nothing else: NFKC would turn "½" and "²" into other text.
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE])
_CLEAN = {**_LIGATURES, **_INVISIBLE}
_SPACES = frozenset(" \t\r\n\x0b\x0c\xa0\u2002\u2003\u2007\u2009\u202f\u3000\x00")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_NUMBER = re.compile(r"\(?(\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]")
_WORD_GAP = 0.9  # of the size: what is further apart is two columns or two cells
_MARKER_GAP = 5.0  # of the size: a bullet or number and its text
_WORD_GAP = 0.9  # of the size: what is further apart is two columns or two cells
_MARKER_GAP = 5.0  # of the size: a bullet or number and its text
_MARKER_GAP = 5.0  # of the size: a bullet or number and its text


def add_words(page: Page, textpage: Any, frame: Frame) -> None:
    """Puts the page's lines on it, those that run sideways apart from the others."""
    directions: dict[int, list[Word | None]] = {}
    seen: set[tuple[str, int, int]] = set()
    for direction, word in _words(textpage, frame):
        words = directions.setdefault(direction, [])
        if word is None:
            words.append(None)
            continue
        # Shadows and false bold draw a word twice.
        place = (word.text, round(word.x0 / 2), round(word.y / 2))
        if place not in seen:
            seen.add(place)
            words.append(word)
    groups = [_lines(words, page.number) for words in directions.values()]
    groups = [lines for lines in groups if lines]
    groups.sort(key=lambda lines: -sum(len(word.text) for line in lines for word in line.words))
    if groups:
        page.lines, page.turned = groups[0], groups[1:]


def _words(textpage: Any, frame: Frame) -> Iterator[tuple[int, Word | None]]:
    """Words with their direction, in the order they are drawn; None where pdfium sees a new line."""
    styles: dict[int, tuple[float, bool, int, int, bool]] = {}
    characters: list[str] = []
    first = 0
    direction = 0
    count = pdfium.FPDFText_CountChars(textpage)
    get = pdfium.FPDFText_GetUnicode
    for index in range(count + 1):
        code = get(textpage, index) if index < count else 32
        character = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if character not in _SPACES:
            if not characters:
                first = index
            characters.append(character)
        if (character in _SPACES or character == HYPHEN) and characters:
            text = "".join(characters).translate(_CLEAN)
            last = first + len(characters) - 1
            characters = []
            if text:
                measured = _measure(textpage, text, first, last, frame, styles)
                if measured:
                    direction = measured[0]
                    yield measured
        if character in "\r\n\x02":
            yield direction, None


def _measure(
    textpage: Any,
    text: str,
    first: int,
    last: int,
    frame: Frame,
    styles: dict[int, tuple[float, bool, int, int, bool]],
) -> tuple[int, Word] | None:
    rect = pdfium.FS_RECTF()
    matrix = pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    if not pdfium.FPDFText_GetMatrix(textpage, first, matrix):
        return None
    direction = frame.direction(matrix.a, matrix.b)
    xs: list[float] = []
    for index in (first, last):
        pdfium.FPDFText_GetLooseCharBox(textpage, index, rect)
        for corner in ((rect.left, rect.bottom), (rect.right, rect.top)):
            xs.append(frame.upright(direction, *frame.point(*corner))[0])
    pdfium.FPDFText_GetCharOrigin(textpage, first, x, y)
    shown_x, shown_y = frame.point(x.value, y.value)
    if not (-2 <= shown_x <= frame.width + 2 and -2 <= shown_y <= frame.height + 2):
        return None  # cut off when it is shown: printers' marks
    baseline = frame.upright(direction, shown_x, shown_y)[1]
    size, bold, colour, mark, artifact = _style(textpage, first, matrix, styles)
    if artifact:
        return None
    return direction, Word(text, min(xs), max(xs), baseline, size, bold, colour, mark)


def _style(
    textpage: Any, index: int, matrix: Any, styles: dict[int, tuple[float, bool, int, int, bool]]
) -> tuple[float, bool, int, int, bool]:
    """Size, weight, colour, marked content and whether it is furniture by its own word."""
    text_object = pdfium.FPDFText_GetTextObject(textpage, index)
    key = ctypes.cast(text_object, ctypes.c_void_p).value or 0
    found = styles.get(key)
    if found is None:
        scale = (matrix.c**2 + matrix.d**2) ** 0.5
        size = round(pdfium.FPDFText_GetFontSize(textpage, index) * scale, 1) or 1.0
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        pdfium.FPDFText_GetFillColor(textpage, index, red, green, blue, alpha)
        colour = red.value << 16 | green.value << 8 | blue.value
        mark = pdfium.FPDFPageObj_GetMarkedContentID(text_object) if key else -1
        artifact = bool(key) and _is_pagination(text_object)
        found = styles[key] = (size, _is_bold(textpage, index, text_object), colour, mark, artifact)
    return found


def _is_bold(textpage: Any, index: int, text_object: Any) -> bool:
    if pdfium.FPDFText_GetFontWeight(textpage, index) >= 600:
        return True
    font = pdfium.FPDFTextObj_GetFont(text_object) if text_object else None
    if not font:
        return False
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, name, 128)
    return bool(_BOLD.search(name.value.decode("latin-1")))


def _is_pagination(text_object: Any) -> bool:
    """Marked by whoever made the file as a running header, a footer or a page number."""
    for index in range(pdfium.FPDFPageObj_CountMarks(text_object)):
        mark = pdfium.FPDFPageObj_GetMark(text_object, index)
        if _utf16(pdfium.FPDFPageObjMark_GetName, mark) == "Artifact":
            kinds = (
                _utf16(pdfium.FPDFPageObjMark_GetParamStringValue, mark, key) for key in (b"Type", b"Subtype")
            )
            if any(kind in ("Pagination", "Header", "Footer") for kind in kinds):
                return True
    return False


def _utf16(function: Any, *arguments: Any) -> str:
    length = ctypes.c_ulong()
    buffer = (ctypes.c_ushort * 128)()
    if not function(*arguments, buffer, 256, length) or length.value > 256:
        return ""
    return bytes(buffer)[: length.value].decode("utf-16-le", "replace").rstrip("\0")


def _lines(words: Iterable[Word | None], page: int) -> list[Line]:
    fragments: list[Line] = []
    broken = True
    for word in words:
        if word is None:
            broken = True
        elif not broken and _follows(fragments[-1], word):
            fragments[-1].words.append(word)
        else:
            fragments.append(Line([word], page))
            broken = False
    return _with_markers(_merged(fragments))


def _follows(line: Line, word: Word) -> bool:
    last = line.words[-1]
    size = max(last.size, word.size)
    gap = word.x0 - last.x1
    raised = min(last.size, word.size) < 0.8 * size and abs(word.y - last.y) < 0.6 * size
    level = abs(word.y - last.y) < 0.25 * size
    return (level or raised) and -0.5 * size < gap < _WORD_GAP * size


def _merged(fragments: Sequence[Line]) -> list[Line]:
    """What was drawn in pieces, in whatever order, as lines."""
    lines: list[Line] = []
    recent: list[Line] = []
    for fragment in sorted(fragments, key=lambda line: (round(line.y), line.x0)):
        recent = [line for line in recent if fragment.y - line.y < 0.6 * max(fragment.size, line.size)]
        for line in recent:
            first, second = (line, fragment) if line.x0 <= fragment.x0 else (fragment, line)
            if _adjoins(first, second):
                line.words = _joined(first, second)
                break
        else:
            lines.append(fragment)
            recent.append(fragment)
    return lines


def _joined(first: Line, second: Line) -> list[Word]:
    """Both lines' words; what touches (a raised figure, a letter of another font) is one word."""
    last, following = first.words[-1], second.words[0]
    if following.x0 - last.x1 < 0.12 * following.size and last.text != HYPHEN:
        whole = Word(
            last.text + following.text,
            last.x0,
            following.x1,
            last.y,
            last.size,
            last.bold,
            last.colour,
            last.mark,
        )
        return [*first.words[:-1], whole, *second.words[1:]]
    return first.words + second.words


def _adjoins(first: Line, second: Line) -> bool:
    last, word = first.words[-1], second.words[0]
    size = max(last.size, word.size)
    gap = word.x0 - last.x1
    level = abs(word.y - last.y) < 0.2 * size
    raised = min(last.size, word.size) < 0.8 * size and abs(word.y - last.y) < 0.5 * size and gap < 0.3 * size
    return (level or raised) and -0.3 * size < gap < _WORD_GAP * size


def _with_markers(lines: list[Line]) -> list[Line]:
    """Bullets and numbers, put with the text that they open."""
    loose = [line for line in lines if len(line.words) == 1 and _is_marker(line.words[0].text)]
    taken: set[int] = set()
    for marker in loose:
        text = _opened_by(marker, lines, taken)
        if text is not None:
            text.marker, text.marker_x = marker.words[0].text, marker.x0
            taken.add(id(marker))
    lines = [line for line in lines if id(line) not in taken]
    for line in lines:
        word = line.words[0]
        if (
            not line.marker
            and len(line.words) > 1
            and (BULLET.fullmatch(word.text) or _NUMBER.fullmatch(word.text))
        ):
            line.marker, line.marker_x = word.text, word.x0
            line.words = line.words[1:]
        elif not line.marker and len(word.text) > 1 and word.text[0] in "•●▪■◦‣►":
            line.marker, line.marker_x = word.text[0], word.x0
            rest = Word(
                word.text[1:],
                word.x0 + 0.5 * word.size,
                word.x1,
                word.y,
                word.size,
                word.bold,
                word.colour,
                word.mark,
            )
            line.words = [rest, *line.words[1:]]
    return lines


def _opened_by(marker: Line, lines: Sequence[Line], taken: set[int]) -> Line | None:
    best: Line | None = None
    for line in lines:
        if line is marker or line.marker or id(line) in taken:
            continue
        level = abs(line.y - marker.y) < 0.4 * line.size
        if (
            level
            and 0 < line.x0 - marker.x1 + 0.5 < _MARKER_GAP * line.size
            and (best is None or line.x0 < best.x0)
        ):
            best = line
    return best


def _is_marker(text: str) -> bool:
    return bool(BULLET.fullmatch(text) or _NUMBER.fullmatch(text))
