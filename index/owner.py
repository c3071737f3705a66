"""What the owner says in `kb.toml`, as the parts of a search take it; mistakes are told with their line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from index.bridge import Bridge, BridgeEntry, shipped_entries
from index.notices import NoticeMatcher, NoticeRule, crisis_rule
from index.phrases import Phrases
from index.pins import Pin
from index.readings import plain_tokens
from index.types import Link, Notice
from kb.config import Config, NoticeConfig, mistake
from kb.errors import ConfigError

_REVIEWED_WITHIN: Final = 365  # days


@dataclass(frozen=True, slots=True)
class Wishes:
    """What comes first, and what is never found: collection -> document ids."""

    pins: tuple[Pin, ...] = ()
    hidden: dict[str, tuple[str, ...]] = field(default_factory=dict)


def check(config: Config) -> None:
    """Raises ConfigError at the first phrase that cannot be meant."""
    for notice in config.notice:
        for phrase in (*notice.triggers, *notice.unless):
            _check_phrase(config, phrase, f"[[notice]] {notice.title}")
    for pin in config.pin:
        for phrase in pin.phrases:
            _check_phrase(config, phrase, f"[[pin]] of {pin.document}")
    for synonym in config.synonym:
        for word in synonym.words:
            _check_phrase(config, word, "[[synonym]]")


def stale(config: Config, today: date) -> list[str]:
    """What is to be said of notices that nobody has reviewed for a year."""
    return [
        f"[[notice]] {notice.title}: last reviewed on {notice.reviewed}. Check its text and links, and write "
        "today's date there"
        for notice in config.notice
        if notice.reviewed and (today - date.fromisoformat(notice.reviewed)).days > _REVIEWED_WITHIN
    ]


def absent(config: Config, held: Callable[[str, str], bool]) -> list[str]:
    """What is to be said of pins and hides whose document is not there; `held` tells whether the collection
    of that name has a document of that id."""
    wanted = [("[[pin]]", pin.collection, pin.document) for pin in config.pin]
    wanted += [("[[hide]]", hide.collection, hide.document) for hide in config.hide]
    return [
        str(mistake(config, document, f"{table}: there is no document {document} in {collection}"))
        for table, collection, document in wanted
        if not held(collection, document)
    ]


def notices(config: Config) -> NoticeMatcher:
    """The region's crisis notice, unless the owner does without, and then the owner's own."""
    shipped = [crisis_rule(config.service.region)] if config.service.crisis_notice else []
    return NoticeMatcher([*shipped, *map(_rule, config.notice)])


def unasked(config: Config) -> tuple[Notice, ...]:
    """What is told to someone whose question is not read."""
    return (crisis_rule(config.service.region).notice,) if config.service.crisis_notice else ()


def bridge(config: Config) -> Bridge:
    """The shipped bridge and the owner's synonyms."""
    own = [
        BridgeEntry((word,), tuple(other for other in synonym.words if other != word), same=True)
        for synonym in config.synonym
        for word in synonym.words
    ]
    return Bridge([*shipped_entries(), *own])


def wishes(config: Config) -> Wishes:
    """The owner's pins and hides."""
    hidden: dict[str, tuple[str, ...]] = {}
    for hide in config.hide:
        hidden[hide.collection] = (*hidden.get(hide.collection, ()), hide.document)
    pins = tuple(Pin(pin.document, pin.questions, pin.phrases, pin.collection) for pin in config.pin)
    return Wishes(pins, hidden)


def _rule(said: NoticeConfig) -> NoticeRule:
    links = tuple(Link(link.label, link.href) for link in said.links)
    return NoticeRule(Notice(said.kind, said.title, said.text, links), said.triggers, said.unless)


def _check_phrase(config: Config, phrase: str, where: str) -> None:
    try:
        Phrases([phrase])
    except ConfigError as error:
        raise mistake(config, phrase, f"{where}: {error}") from None
    if not plain_tokens(phrase):
        raise mistake(config, phrase, f"{where}: the phrase {phrase!r} has no words")
