"""What the owner writes: `kb.toml`, read strictly.

The dataclasses are the file's format: a table is a class, a key a field. What the file says that no
field is named for is an error with its line and the nearest name.
"""

from __future__ import annotations

import dataclasses
import difflib
import ipaddress
import re
import tomllib
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path

from kb.errors import ConfigError, NotReady
from kb.limits import Limits

_T = typing.TypeVar("_T")

FILE_NAME = "kb.toml"
DEFAULT_MODEL = "all-MiniLM-L6-v2"
REGIONS = ("us", "uk", "generic")
# An origin as a browser sends it: no path, no default port, lower case.
ORIGIN = re.compile(
    r"(https://(?!.*:443$)|http://(?!.*:80$))(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?"
)


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """A folder or file that `kb ingest` without arguments takes in.

    `url` is where the folder's pages are found on the web, for pages that do not say it themselves.
    """

    path: str
    collection: str = "default"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The sentence-transformers model, by name or folder."""

    name: str = DEFAULT_MODEL


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How questions are answered."""

    mode: str = "hybrid"


@dataclass(frozen=True, slots=True)
class LinkConfig:
    """A link of a notice."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class NoticeConfig:
    """What is said above the results when a question says one of the triggers (`index.phrases`).

    What a phrase of `unless` says is not heard by the triggers. `reviewed`: when the text last was.
    """

    kind: str
    title: str
    text: str
    triggers: tuple[str, ...]
    unless: tuple[str, ...] = ()
    links: tuple[LinkConfig, ...] = ()
    reviewed: str | None = None


@dataclass(frozen=True, slots=True)
class PinConfig:
    """A document that comes first for some questions: those that mean the same as one of `questions`, and
    those that say one of `phrases` (`index.phrases`)."""

    document: str
    questions: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    collection: str = "default"


@dataclass(frozen=True, slots=True)
class HideConfig:
    """A document that is never found."""

    document: str
    collection: str = "default"


@dataclass(frozen=True, slots=True)
class SynonymConfig:
    """Words that mean the same to this knowledge base's readers."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MustFindConfig:
    """A question, and the document that must be among the first `within` results to it."""

    question: str
    document: str
    collection: str = "default"
    within: int = 5


@dataclass(frozen=True, slots=True)
class CollectionConfig:
    """Who may see a collection: pages of these `origins`, and, where `[service] public_search` is true,
    everyone if it is `public`; where nothing is said, that is the default collection alone."""

    name: str
    origins: tuple[str, ...] = ()
    public: bool | None = None


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """How the search presents itself, and to whom. `region` chooses the crisis notice: us, uk or generic.

    `public_search` lets everyone search without a key, and do nothing else. `origins` are those of the
    pages that may ask in the browser, whatever the collection. `proxies` are the addresses or networks
    whose word is taken for who asks (`X-Forwarded-For`). `tracing` tells OpenTelemetry of each request.
    `suggestions`: whether a box suggests while one types. `opensearch`: whether browsers may add the page
    to their search engines. `unanswered_topics`: whether it is counted, by topic, what found no answer.
    """

    title: str = "Search"
    contact: str | None = None
    region: str = "generic"
    crisis_notice: bool = True
    public_search: bool = False
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    tracing: bool = False
    suggestions: bool = True
    opensearch: bool = False
    unanswered_topics: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """All that `kb.toml` says. `home` is the folder that it stands in."""

    home: Path
    source: tuple[SourceConfig, ...] = ()
    model: ModelConfig = field(default_factory=ModelConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    notice: tuple[NoticeConfig, ...] = ()
    pin: tuple[PinConfig, ...] = ()
    hide: tuple[HideConfig, ...] = ()
    synonym: tuple[SynonymConfig, ...] = ()
    must_find: tuple[MustFindConfig, ...] = ()
    collection: tuple[CollectionConfig, ...] = ()
    service: ServiceConfig = field(default_factory=ServiceConfig)
    limits: Limits = field(default_factory=Limits)

    @property
    def public(self) -> frozenset[str]:
        """The collections that everyone may search where `[service] public_search` is true."""
        said = {one.name: one.public for one in self.collection if one.public is not None}
        return frozenset(name for name, public in {"default": True, **said}.items() if public)

    @property
    def data(self) -> Path:
        """What the program makes: catalogue, generations, caches."""
        return self.home / ".kb"


def find_home(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a `kb.toml`."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise NotReady(f"No {FILE_NAME} in {start} or above it. Run: kb init")


def load(home: Path) -> Config:
    """Reads `home/kb.toml`."""
    path = home / FILE_NAME
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise NotReady(f"No {FILE_NAME} in {home}. Run: kb init {home}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    return parse(text, home)


def parse(text: str, home: Path) -> Config:
    """The configuration that a `kb.toml` with this text means."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{home / FILE_NAME}: not TOML: {error}") from None
    reader = _Reader(home / FILE_NAME, text)
    if "home" in table:
        raise reader.unknown("home", [f.name for f in dataclasses.fields(Config) if f.name != "home"])
    config = reader.build(Config, {"home": home, **table}, "")
    if config.search.mode not in ("hybrid", "dense", "lexical"):
        raise reader.error("mode", "[search] mode is one of: hybrid, dense, lexical")
    if config.service.region not in REGIONS:
        raise reader.error("region", f"[service] region is one of: {', '.join(REGIONS)}")
    for origin in (*config.service.origins, *(o for one in config.collection for o in one.origins)):
        if not ORIGIN.fullmatch(origin):
            raise reader.error("origins", f"{origin} is no origin; write it as https://www.example.org")
    for proxy in config.service.proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise reader.error("proxies", f"{proxy} is no address and no network") from None
    for pin in config.pin:
        if not pin.questions and not pin.phrases:
            raise reader.error("pin", f"[[pin]] of {pin.document} needs questions or phrases")
    for synonym in config.synonym:
        if len(synonym.words) < 2:
            raise reader.error("words", "[[synonym]] needs two words that mean the same, or more")
    return config


def mistake(home: Path, words: str, message: str) -> ConfigError:
    """What is wrong with a text of `home/kb.toml`, with the line that it stands on."""
    path = home / FILE_NAME
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    line = next((n for n, line in enumerate(lines, 1) if quoted in line or words in line), None)
    return ConfigError(f"{path}{f', line {line}' if line else ''}: {message}")


class _Reader:
    """Builds the dataclasses, and knows where in the file a key stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def error(self, key: str, message: str) -> ConfigError:
        pattern = re.compile(rf"^\s*(\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*(=|\]|\.)")
        line = next((n for n, line in enumerate(self._lines, 1) if pattern.search(line)), None)
        return ConfigError(f"{self._path}{f', line {line}' if line else ''}: {message}")

    def unknown(self, key: str, known: list[str]) -> ConfigError:
        nearest = difflib.get_close_matches(key, known, 1, 0.5)
        hint = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known)}"
        return self.error(key, f"unknown key {key}: {hint}")

    def build(self, kind: type[_T], table: dict[str, object], where: str) -> _T:
        hints = typing.get_type_hints(kind)
        fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
        for key in table:
            if key not in fields:
                raise self.unknown(key, [name for name in fields if name != "home"])
        for name, spec in fields.items():
            required = spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING
            if required and name not in table:
                raise self.error(where or name, f"[[{where}]] needs {name}")
        return kind(**{key: self._value(hints[key], value, key) for key, value in table.items()})

    def _value(self, hint: object, value: object, key: str) -> object:
        origin = typing.get_origin(hint)
        if origin is tuple:
            items = value if isinstance(value, list) else [value]
            return tuple(self._value(typing.get_args(hint)[0], item, key) for item in items)
        if origin in (types.UnionType, typing.Union):
            hint = next(arg for arg in typing.get_args(hint) if arg is not type(None))
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            if not isinstance(value, dict):
                raise self.error(key, f"{key} is a table: write [{key}]")
            return self.build(hint, value, key)
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if hint is str and hasattr(value, "isoformat"):
            return str(value)
        if isinstance(hint, type) and (not isinstance(value, hint) or (hint is int and value is True)):
            raise self.error(key, f"{key} must be {_NAMES.get(hint, hint.__name__)}, not {value!r}")
        if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
            raise self.error(key, f"{key} must be above 0")
        return value


_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}

TEMPLATE = """\
# A knowledge base: this file is yours, .kb/ beside it is the program's.

# What `kb ingest` without arguments takes in. `url` is where the folder's pages are found on the web.
# [[source]]
# path = "site"
# collection = "default"
# url = "https://www.example.org/"

[model]
# Any sentence-transformers model, by name or folder. After a change: kb index
name = "{model}"

[search]
# hybrid, dense or lexical
mode = "hybrid"

[service]
title = "Search"
# Whose emergency numbers the crisis notice names: us, uk, or generic where neither is right. It is shown
# above the results whenever a question sounds like a crisis.
region = "generic"
# Shown where nothing answers, for example a telephone number.
# contact = "Call us on 555-0100, Monday to Friday, 9 to 5."
# Whether everyone may search without a key; served at another address than this machine's own, nobody else
# may do anything without one (kb keys create).
# public_search = true
# The pages whose visitors may search from their browser, beside the service's own.
# origins = ["https://www.example.org"]
# Behind a proxy: whose word is taken for who asks.
# proxies = ["127.0.0.1"]

# A collection of its own for some pages.
# [[collection]]
# name = "staff"
# origins = ["https://intranet.example.org"]
# While one types, the box suggests your own titles, headings and questions.
# suggestions = false
# Count, by topic and never by words, what visitors did not find: see the README.
# unanswered_topics = true

# What is said above the results to questions with one of these words or phrases in them.
# [[notice]]
# kind = "info"
# title = "We are closed in the first week of August"
# text = "Leave a message, and we call back on the 10th."
# triggers = ["opening (hours|times)", "(book|make) ~2 appointment"]
# links = [{{ label = "Leave a message", href = "https://www.example.org/contact" }}]
# reviewed = 2026-07-01

# Words that mean the same to your readers.
# [[synonym]]
# words = ["counselling", "counseling", "talking therapy"]

# A document that comes first for some questions: those that mean the same, and those with these words.
# [[pin]]
# document = "site/fees.html"
# questions = ["how much is a session"]
# phrases = ["price list"]

# A document that is never found.
# [[hide]]
# document = "site/old-news.html"

# What must be found, checked by: kb eval --must-find
# [[must_find]]
# question = "how much is a session"
# document = "site/fees.html"

# [limits]
# search_deadline = 2.0
"""


def template() -> str:
    """The text of a new `kb.toml`."""
    return TEMPLATE.format(model=DEFAULT_MODEL)
