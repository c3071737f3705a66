"""Suggestions for the service: made when they are first asked for, and again when a collection changes."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from index import owner
from index.generation import Generation
from index.suggestions import Suggestions
from kb.errors import NotFound
from service.knowledge import Knowledge

Suggested = tuple[str, str | None]  # a phrase, and its language


@dataclass(frozen=True, slots=True)
class _Made:
    """A collection's suggestions, and the state of the collection that they are of."""

    digest: str
    suggestions: Suggestions


class Suggesting:
    """The suggestions of each collection; safe to share between threads."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._hidden = owner.wishes(knowledge.config).hidden
        self._lock = threading.Lock()
        self._made: dict[str, _Made] = {}

    def of(self, generation: Generation, collection: str, typed: str) -> list[Suggested]:
        """What may be meant in this collection, each with the language that its document says it is in;
        nothing where the owner does without suggestions. Raises NotFound for an unknown collection."""
        held = generation.manifest.collections.get(collection)
        if held is None:
            raise NotFound(f"There is no collection named {collection}")
        if not self._knowledge.config.service.suggestions:
            return []
        suggestions = self._current(collection, str(held["digest"]))
        return [(text, suggestions.language(text)) for text in suggestions.of(typed)]

    def renew(self, generation: Generation) -> None:
        """Brings up to date what has been asked for before, and lets go of collections that are gone, so
        that who types next does not wait."""
        collections = generation.manifest.collections
        for collection in list(self._made):
            if collection in collections:
                self._current(collection, str(collections[collection]["digest"]))
            else:
                self._made.pop(collection, None)

    def _current(self, collection: str, digest: str) -> Suggestions:
        made = self._made.get(collection)
        if made is None or made.digest != digest:
            with self._lock:
                made = self._made.get(collection)
                if made is None or made.digest != digest:
                    made = self._made[collection] = _Made(digest, self._make(collection))
        return made.suggestions

    def _make(self, collection: str) -> Suggestions:
        with self._knowledge.catalogue() as catalogue:
            return Suggestions(catalogue.outlines(collection), self._hidden.get(collection, ()))
