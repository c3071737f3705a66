"""What the owner writes: `kb.toml`, read strictly.

The dataclasses are the file's format: a table is a class, a key a field. What the file says that no
field is named for is an error with its line and the nearest name.
"""

from __future__ import annotations

import codecs
import dataclasses
import difflib
import ipaddress
import json
import math
import re
import tomllib
import types
import typing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kb.errors import ConfigError, NotReady
from kb.limits import Limits

_T = typing.TypeVar("_T")

FILE_NAME = "kb.toml"
DEFAULT_MODEL = "all-MiniLM-L6-v2"
_ENCODING = "utf-8-sig"  # some editors write a mark before the text
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
    """How questions are answered.

    `reranker` is a cross-encoder, by folder or name: it reads the best `rerank_passages` of a hybrid
    search again, as many as it comes to in `rerank_seconds`. `excerpt_length`: the most characters of an
    excerpt, where a request or an option asks for no other.
    """

    mode: str = "hybrid"
    excerpt_length: int = 1200
    reranker: str | None = None
    rerank_passages: int = 30
    rerank_seconds: float = 0.5


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
    whose word is taken for who asks and how (`X-Forwarded-For`, `X-Forwarded-Proto`). `tracing` tells
    OpenTelemetry of each request.
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
    """All that `kb.toml` says, and the files that it includes. `home` is the folder that it stands in.

    `include`: names and patterns of files beside it that say more of notices, pins, hides, synonyms and what
    must be found.
    """

    home: Path
    include: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True)
class _Included:
    """What an included file may say."""

    notice: tuple[NoticeConfig, ...] = ()
    pin: tuple[PinConfig, ...] = ()
    hide: tuple[HideConfig, ...] = ()
    synonym: tuple[SynonymConfig, ...] = ()
    must_find: tuple[MustFindConfig, ...] = ()


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
        text = path.read_text(_ENCODING)
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
    if not 80 <= config.search.excerpt_length <= 4_000:
        raise reader.error("excerpt_length", "[search] excerpt_length is a number from 80 to 4000")
    if config.service.region not in REGIONS:
        raise reader.error("region", f"[service] region is one of: {', '.join(REGIONS)}")
    for origin in (*config.service.origins, *(o for one in config.collection for o in one.origins)):
        if not ORIGIN.fullmatch(origin):
            raise reader.error("origins", f"{origin} is no origin; write it as https://www.example.org")
    for number, source in enumerate(config.source):
        if source.url is not None and not _ADDRESS.fullmatch(source.url):
            told = (
                f"[[source]] {source.path}: {source.url} is no address; write it as https://www.example.org/"
            )
            raise reader.error("source", told, number)
    for proxy in config.service.proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise reader.error("proxies", f"{proxy} is no address and no network") from None
    config = _checked(reader, config)
    for path in _included(reader, config):
        more = _read_included(path)
        config = dataclasses.replace(
            config,
            notice=config.notice + more.notice,
            pin=config.pin + more.pin,
            hide=config.hide + more.hide,
            synonym=config.synonym + more.synonym,
            must_find=config.must_find + more.must_find,
        )
    return config


_ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_HREF = re.compile(r"(?:(?:https?://|mailto:|sms:|tel:)[^\s/]|/(?!/))\S*", re.IGNORECASE)

_Says = typing.TypeVar("_Says", "Config", "_Included")


def _checked(reader: _Reader, says: _Says) -> _Says:
    """What a file says of pins, synonyms and notices, none of which means nothing."""
    for number, pin in enumerate(says.pin):
        if not pin.questions and not pin.phrases:
            raise reader.error("pin", f"[[pin]] of {pin.document} needs questions or phrases", number)
    for number, synonym in enumerate(says.synonym):
        if len(synonym.words) < 2:
            raise reader.error("synonym", "[[synonym]] needs two words that mean the same, or more", number)
    for number, notice in enumerate(says.notice):
        if not notice.triggers:
            raise reader.error("notice", f"[[notice]] {notice.title} needs triggers", number)
        for link in notice.links:
            if not _HREF.fullmatch(link.href):
                told = f"[[notice]] {notice.title}: {link.href} is no address; write it as https://… or tel:…"
                raise reader.error("notice", told, number)
        try:
            date.fromisoformat(notice.reviewed or "2000-01-01")
        except ValueError:
            raise reader.error(
                "notice", f"[[notice]] {notice.title}: reviewed is a date, as 2026-07-01", number
            ) from None
    return says


def _included(reader: _Reader, config: Config) -> list[Path]:
    """The files that `include` names, each once, those of one pattern by their names."""
    found: list[Path] = []
    for pattern in config.include:
        parts = Path(pattern)
        if parts.is_absolute() or ".." in parts.parts:
            raise reader.error("include", f"include names files beside {FILE_NAME}, and {pattern} is none")
        files = sorted(path for path in config.home.glob(pattern) if path.is_file())
        if not files and not any(sign in pattern for sign in "*?["):
            raise reader.error("include", f"there is no file {pattern} beside {FILE_NAME}")
        found += files
    return list(dict.fromkeys(found))


def _read_included(path: Path) -> _Included:
    try:
        text = path.read_text(_ENCODING)
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    reader = _Reader(path, text)
    return _checked(reader, reader.build(_Included, table, ""))


def write_model(home: Path, name: str) -> None:
    """Makes `home/kb.toml` name another model; nothing else of it is changed. The file is replaced whole, or
    the one that it is a link to."""
    path = (home / FILE_NAME).resolve()
    written = path.read_bytes()
    text = path.read_text(_ENCODING)
    changed = _with_model(text, name)
    if parse(changed, home) != dataclasses.replace(parse(text, home), model=ModelConfig(name)):
        raise ConfigError(f'{path}: [model] is not written as usual; write name = "{name}" there yourself')
    aside = path.with_name(f".{FILE_NAME}.new")
    try:
        ends = "\r\n" if b"\r\n" in written else "\n"
        encoding = _ENCODING if written.startswith(codecs.BOM_UTF8) else "utf-8"
        aside.write_text(changed, encoding, newline=ends)
        aside.chmod(path.stat().st_mode)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None


def _with_model(text: str, name: str) -> str:
    said = f"name = {json.dumps(name, ensure_ascii=False)}"  # a JSON text is a TOML one
    table = re.search(r"^[ \t]*\[model\][^\n]*\n(?:(?![ \t]*\[)[^\n]*\n?)*", text, re.MULTILINE)
    if table is None:
        return f"{text.rstrip()}\n\n[model]\n{said}\n" if text.strip() else f"[model]\n{said}\n"
    held, count = re.subn(
        r"^[ \t]*name[ \t]*=[^\n#]*(?=#|$)", lambda _: said, table.group(), count=1, flags=re.MULTILINE
    )
    if not count:
        first, _, rest = table.group().partition("\n")
        held = f"{first}\n{said}\n{rest}"
    return text[: table.start()] + held + text[table.end() :]


def mistake(config: Config, words: str, message: str) -> ConfigError:
    """What is wrong with a text of `kb.toml` or of a file that it includes, with the text's line."""
    included = [path for pattern in config.include for path in sorted(config.home.glob(pattern))]
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    for path in (config.home / FILE_NAME, *included):
        try:
            lines = path.read_text(_ENCODING).splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        line = next((n for n, line in enumerate(lines, 1) if quoted in line or words in line), None)
        if line is not None:
            return ConfigError(f"{path}, line {line}: {message}")
    return ConfigError(f"{config.home / FILE_NAME}: {message}")


class _Reader:
    """Builds the dataclasses, and knows where in the file a key stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._building: dict[str, int] = {}  # the tables of each name that are built

    def error(self, key: str, message: str, number: int | None = None) -> ConfigError:
        """`number` is of one of several tables of that name; of the one that is being built without it."""
        pattern = re.compile(rf"^\s*(\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*(=|\]|\.)")
        found = [n for n, line in enumerate(self._lines, 1) if pattern.search(line)]
        at = self._building.get(key, 0) if number is None else number
        where = f", line {found[min(at, len(found) - 1)]}" if found else ""
        return ConfigError(f"{self._path}{where}: {message}")

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
            built: list[object] = []
            for item in items:
                if isinstance(item, dict):
                    self._building[key] = len(built)
                built.append(self._value(typing.get_args(hint)[0], item, key))
            return tuple(built)
        if origin in (types.UnionType, typing.Union):
            hint = next(arg for arg in typing.get_args(hint) if arg is not type(None))
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            if not isinstance(value, dict):
                raise self.error(key, f"{key} is a table: write [{key}]")
            return self.build(hint, value, key)
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if hint is str and hasattr(value, "isoformat"):
            return str(value)
        if isinstance(hint, type) and (not isinstance(value, hint) or (hint is int and value is True)):
            raise self.error(key, f"{key} must be {_NAMES.get(hint, hint.__name__)}, not {value!r}")
        if isinstance(value, int | float) and not isinstance(value, bool) and not 0 < value < math.inf:
            raise self.error(key, f"{key} must be above 0, and a number that has an end")
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
# Any sentence-transformers model, by name or folder. To change it: kb index --model NAME
name = "{model}"

[search]
# hybrid, dense or lexical
mode = "hybrid"
# The most characters of an excerpt, of whole sentences: 1200 is a passage whole, 320 fits a small box.
# excerpt_length = 1200
# A cross-encoder, by folder or name: reads the best passages again, for better answers in more time.
# After a change: kb index
# reranker = "models/ms-marco-MiniLM-L6-v2"
# rerank_passages = 30
# rerank_seconds = 0.5

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

# [[notice]], [[synonym]], [[pin]], [[hide]] and [[must_find]] may stand in files beside this one too. This
# line then stands at the top of this file.
# include = ["owner/*.toml"]

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
