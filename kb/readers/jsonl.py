"""Documents as JSONL: one a line, their text stored exactly as it was given."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping

from kb.errors import LimitError, ReadError
from kb.limits import Limits
from kb.readers.dates import iso_date
from kb.types import Attribution, Document, Refusal, Section

# An id stands in an address, at most 12 characters of it for one of ours; servers take 8 kB.
ID_CHARACTERS = 512
TITLE_CHARACTERS = 1000

_KNOWN = ("url", "author", "published", "modified", "licence", "license", "language", "collection", "tags")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_ADDRESS = re.compile(r"https?://[^\s/]|/(?!/)", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """A document for every line that is one, a refusal for every other; `name:line` is their source."""
    lines_of: dict[tuple[str, str], int] = {}
    for number, line in enumerate(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), 1):
        if not line.strip():
            continue
        source = f"{name}:{number}"
        try:
            document = document_from(parsed(line), source, limits)
            first = lines_of.setdefault((document.collection, document.id), number)
            if first != number:
                raise ReadError(f'has the id "{document.id}", which line {first} has already')
        except ReadError as error:
            yield Refusal(source, str(error))
        else:
            yield document


def document_from(record: object, source: str, limits: Limits) -> Document:
    """The document that one line, or the body of a request, describes.

    Its text is stored as it is, line breaks and all, so that offsets into what was sent hold; only
    what no store can keep (NUL, half a surrogate pair) is replaced, one character for one. Of its
    structure nothing is known: it is one section. Raises ReadError, which names the field.
    """
    if not isinstance(record, Mapping):
        raise ReadError("is not a JSON object")
    text = _string(record, "text") or ""
    if not text.strip():
        raise ReadError("has no text")
    if len(text) > limits.characters:
        raise LimitError(f"text has more than {limits.characters:,} characters")
    title = " ".join((_string(record, "title") or "").split())
    if len(title) > TITLE_CHARACTERS:
        raise LimitError(f"title has more than {TITLE_CHARACTERS:,} characters")
    metadata = record.get("metadata")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, Mapping):
        raise ReadError("metadata is not an object")
    return _document(_id(record), title, text, metadata, source)


def flaw_of_id(id: str) -> str | None:
    """What keeps `id` from being a document's id, in a few words: None where nothing does."""
    if len(id) > ID_CHARACTERS:
        return f"has more than {ID_CHARACTERS} characters"
    if _CONTROLS.search(id) or _UNSTORABLE.search(id):
        return "has characters that cannot be shown"
    return "begins or ends with a space" if id != id.strip() else None


def _document(id: str, title: str, text: str, metadata: Mapping[str, object], source: str) -> Document:
    known = {key: _string(metadata, key, within="metadata.") for key in _KNOWN if key != "tags"}
    url = known["url"]
    if url and not _ADDRESS.match(url):
        raise ReadError("metadata.url is not an http or https address")
    language = (known["language"] or "").lower().replace("_", "-")
    attribution = Attribution(
        title=title,
        source=source,
        url=url,
        author=known["author"],
        published=iso_date(known["published"]),
        modified=iso_date(known["modified"]),
        licence=known["licence"] or known["license"],
        language=language if _LANGUAGE.fullmatch(language) else None,
    )
    # What is said but not understood ("last spring") stays with what is unknown: nothing is lost.
    understood = {key for key in _KNOWN if not metadata.get(key) or getattr(attribution, key, True)}
    return Document(
        id=id,
        collection=_collection(known["collection"]),
        text=text,
        sections=(Section((), None, 0, len(text)),),
        attribution=attribution,
        tags=_tags(metadata.get("tags")),
        metadata={str(_storable(k)): _storable(v) for k, v in metadata.items() if k not in understood},
    )


def parsed(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise ReadError("is not UTF-8 text") from None
    except RecursionError:
        raise ReadError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ReadError(f"is not JSON: {error.msg} at character {error.pos + 1}") from None
    except ValueError as error:
        raise ReadError(f"is not JSON: {error}") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number in JSON")


def _id(record: Mapping[str, object]) -> str:
    value = record.get("_id", record.get("id"))
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        raise ReadError("has no _id")
    if not isinstance(value, str):
        raise ReadError("_id is not a string")
    if flaw := flaw_of_id(value):
        raise ReadError(f"_id {flaw}")
    return value


def _collection(name: str | None) -> str:
    if name and _CONTROLS.search(name):
        raise ReadError("metadata.collection has control characters")
    return name or ""


def _tags(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ReadError("metadata.tags is not a list of strings")
    tags = (str(_storable(tag)).strip() for tag in value)
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _string(record: Mapping[str, object], key: str, *, within: str = "") -> str | None:
    """What a field says, or None where it says nothing."""
    value = record.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ReadError(f"{within}{key} is not a string")
    return _UNSTORABLE.sub("\ufffd", value)


def _storable(value: object) -> object:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, Mapping):
        return {str(_storable(key)): _storable(item) for key, item in value.items()}
    return value
