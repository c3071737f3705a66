"""What a file says of itself in its properties, and whether that is worth repeating."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# What programs put there by themselves: "Microsoft Word - leaflet.doc", "Document1", "scan0004.pdf".
_MADE_BY_PROGRAM = re.compile(
    r"microsoft (?:word|powerpoint|excel|office)\b.*|untitled.*|powerpoint presentation|layout \d+"
    r"|(?:document|presentation|slide|book|scan|img|page)[\s_-]*\d*"
    r"|.*\.(?:docx?|dotx?|xlsx?|pptx?|pdf|indd|qxd|rtf|odt|txt|ai|pub|p65|html?|tmp|psd|eps)"
    r"|n/?a|none|null|title|word document|\(?anonymous\)?",
    re.IGNORECASE,
)
_PROGRAM_USER = re.compile(
    r"(?:windows |microsoft office )?user|owner|admin(?:istrator)?|author|unknown|default|home|python-docx"
    r"|anonymous|n/?a|none|pc|root|hp|dell|acer|lenovo",
    re.IGNORECASE,
)


def sensible_title(title: str | None) -> str | None:
    """A title that a person wrote, else None."""
    text = " ".join((title or "").replace("\x00", " ").split())
    letters = sum(character.isalpha() for character in text)
    if letters < 3 or len(text) > 300 or _MADE_BY_PROGRAM.fullmatch(text):
        return None
    if " " not in text and ("_" in text or any(character.isdigit() for character in text)):
        return None  # a file's name
    return text


def sensible_author(author: str | None) -> str | None:
    """A person or an organisation, not a login."""
    text = " ".join((author or "").replace("\x00", " ").split())
    if not any(character.isalpha() for character in text) or len(text) > 200 or _PROGRAM_USER.fullmatch(text):
        return None
    if " " not in text and (
        text.islower() or (text.isupper() and len(text) > 6) or re.search(r"[\d\\@_]", text) is not None
    ):
        return None
    return text


def readable_name(name: str) -> str:
    """A file's name as a title: `site/first-visit_2024.pdf` gives `First visit 2024`."""
    stem = PurePosixPath(name).stem
    text = " ".join(re.sub(r"[_\-+]+|%20|(?<=[a-z])(?=[A-Z][a-z])", " ", stem).split()) or stem
    return text[:1].upper() + text[1:]


def language_tag(tag: str | None) -> str | None:
    """A BCP 47 tag in lower case, else None."""
    text = (tag or "").strip().replace("_", "-").lower()
    return text if re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}", text) and text != "und" else None
