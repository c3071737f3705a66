"""What a Markdown file says about itself before it begins."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from kb.errors import LimitError
from kb.readers.dates import iso_date

_FENCED = re.compile(r"\s*---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_LINE = re.compile(r"([\w-]+)[ \t]*:[ \t]+(\S.*)")
_LIKE_YAML = re.compile(r"[\w-]+[ \t]*:(?:[ \t]|$)|[ \t#]|-(?:[ \t]|$)")  # a key, what belongs to one, a list
_ADDRESS = re.compile(r"https?://\S+|/(?!/)\S*", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
# A few lines of aliases can stand for a billion values.
_MOST_VALUES, _DEEPEST = 10_000, 20


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The attribution in front matter; `rest` is what else it says, as JSON values."""

    title: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    url: str | None = None
    licence: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    draft: bool = False
    rest: dict[str, object] = field(default_factory=dict)


_KEYS = {
    "title": ("title",),
    "author": ("author", "authors", "by"),
    "published": ("published", "date", "publish_date", "pubdate", "publisheddate", "created"),
    "modified": ("modified", "updated", "lastmod", "last_modified", "last_updated", "lastupdate", "reviewed"),
    "url": ("url", "canonical", "canonical_url", "permalink"),
    "licence": ("licence", "license", "rights"),
    "language": ("language", "lang", "locale"),
    "tags": ("tags", "tag", "keywords", "categories", "category"),
}
_KNOWN = {key for keys in _KEYS.values() for key in keys}


def front_matter_of(text: str) -> tuple[FrontMatter, str]:
    """The front matter and the body. What begins with a rule and not with YAML is all body.

    Of YAML that is broken, as an unquoted colon in a title breaks it, the plain lines are read, where all of
    it looks like YAML and speaks of what is known.
    """
    fenced = _FENCED.match(text)
    if fenced is None:
        return FrontMatter(), text
    said = _loaded(fenced[1] or "")
    if said is None:
        return FrontMatter(), text
    return _understood(said), text[fenced.end() :]


def _loaded(source: str) -> Mapping[str, object] | None:
    try:
        said = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError):
        return _plain_lines(source)
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        return None
    room = [_MOST_VALUES]
    return {str(key): _json(value, room, 0) for key, value in said.items()}


def _plain_lines(source: str) -> Mapping[str, object] | None:
    """The values of keys that are said on one line; None where it is prose between two rules."""
    lines = [line.rstrip() for line in source.split("\n") if line.strip()]
    found = [match for line in lines if (match := _LINE.fullmatch(line))]
    told = {match[1]: match[2].strip("\"'") for match in found}
    known = any(key.lower() in _KNOWN for key in told)
    return told if known and all(_LIKE_YAML.match(line) for line in lines) else None


def _json(value: object, room: list[int], depth: int) -> object:
    room[0] -= 1
    if room[0] < 0 or depth > _DEEPEST:
        raise LimitError("has front matter that is too large")
    if isinstance(value, Mapping):
        return {str(key): _json(item, room, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_json(item, room, depth + 1) for item in value]
    if isinstance(value, datetime.date):
        return iso_date(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _understood(said: Mapping[str, object]) -> FrontMatter:
    lower = {key.lower(): value for key, value in said.items()}
    values = {name: [lower[key] for key in keys if lower.get(key)] for name, keys in _KEYS.items()}
    language = next((text.lower().replace("_", "-") for text in map(_text, values["language"]) if text), "")
    url = next((text for text in map(_text, values["url"]) if text and _ADDRESS.fullmatch(text)), None)
    return FrontMatter(
        title=next(filter(None, map(_text, values["title"])), None),
        author=next(filter(None, map(_people, values["author"])), None),
        published=next(filter(None, map(iso_date, values["published"])), None),
        modified=next(filter(None, map(iso_date, values["modified"])), None),
        url=url,
        licence=next(filter(None, map(_text, values["licence"])), None),
        language=language if _LANGUAGE.fullmatch(language) else None,
        tags=tuple(dict.fromkeys(tag for value in values["tags"] for tag in _tags(value))),
        draft=lower.get("draft") is True or lower.get("published") is False,
        rest={key: value for key, value in said.items() if key.lower() not in _KNOWN},
    )


def _text(value: object) -> str | None:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return " ".join(str(value).split()) or None
    return None


def _people(value: object) -> str | None:
    if isinstance(value, Mapping):
        return _text(value.get("name"))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_people, value))) or None
    return _text(value)


def _tags(value: object) -> list[str]:
    values = value if isinstance(value, list) else str(value).split(",")
    return [tag for item in values if (tag := _text(item))]
