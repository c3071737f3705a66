"""The way of a question, from its words to the answer. Read this first."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import ParamSpec, TypeVar

from index import calibrations, owner
from index.bridge import Bridge, shipped_entries
from index.excerpt import LONGEST, SHORTEST, WHOLE
from index.explain import Evidence, Explanation, explain
from index.fusion import evidence, familiarity
from index.generation import Collection, Generation, current, open_current
from index.meaning import Meaning, Sense
from index.notices import NoticeMatcher
from index.opening import configured_encoder, configured_meaning, configured_reranking, models_folder
from index.owner import Wishes
from index.paging import cursor_after, page, place_of, ranked_from
from index.phrases import inflections
from index.pins import Pinned, Pins
from index.question import (
    completed,
    mended,
    other_names,
    says_nothing,
    settled,
    understand,
    with_names,
)
from index.ranking import Worded, by_document, grouped, places, rank, worded
from index.readings import plain_tokens
from index.reranking import Reranked, Reranking
from index.results import Found, results
from index.scripts import count, is_latin, is_spaced
from index.types import Answer, Encoder, Hit, Mode, Notice, Query, Question, Ranking, Vectors
from index.verdict import SHIPPED, Asked, Calibration, Standing, falling
from kb.catalogue import Catalogue
from kb.config import Config, load
from kb.errors import Damaged, ModelMismatch, NotFound, NotReady, QueryError
from kb.limits import Limits
from kb.passages import embedded_text
from kb.storage import FILE_NAME

# Tokens a letter, above which a model does not know a script but spells it out. all-MiniLM-L6-v2 takes 0.9 to
# 1.4 for Russian, Greek, Arabic, Hebrew, Hindi, Thai, Chinese, Japanese and Korean, 0.2 to 0.4 for Latin ones
_SPELLED_OUT = 0.75
_PATIENCE = 0.1  # seconds that an answer by words alone waits for the model, to know whether it is a crisis
_PIECES = 2  # of a word, for a model that has some 30,000
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair: no index takes it, and no document has it


@dataclass(frozen=True, slots=True)
class _Read:
    """A question made ready, `suggestion` how it is spelled where that is not as it was typed, and the
    notices that its words call for. `typed` is the vector of its own words, which crises and pins are known
    by; the question's may lean to other names for them. `words` is what they find, in the hybrid mode."""

    question: Question
    suggestion: str | None
    notices: tuple[Notice, ...]
    typed: Vectors | None = None
    words: Worded | None = None


class _Busy:
    """How many questions are under way."""

    def __init__(self) -> None:
        self._questions = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._questions += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._questions -= 1

    @property
    def with_others(self) -> bool:
        return self._questions > 1


class Searcher:
    """Answers questions from the current generation; safe to share between threads."""

    def __init__(
        self,
        data: Path,
        catalogue: Catalogue,
        encoder: Encoder,
        limits: Limits | None = None,
        bridge: Bridge | None = None,
        notices: NoticeMatcher | None = None,
        meaning: Meaning | None = None,
        wishes: Wishes | None = None,
        calibrations: Mapping[Mode, Calibration] = SHIPPED,
        reranking: Reranking | None = None,
        excerpt_length: int = WHOLE,
    ) -> None:
        """`meaning` hears what `notices` have no words for; `wishes` are the owner's pins and hides;
        `reranking` is what the hybrid mode's best passages are read again by."""
        self._data, self._catalogue, self._encoder = data, catalogue, encoder
        self._limits = limits or Limits()
        self._bridge = bridge or Bridge(shipped_entries())
        self._notices = notices or NoticeMatcher([])
        self._meaning = meaning
        self._calibrations = calibrations
        self._reranking = reranking
        self._excerpt_length = excerpt_length
        self._hidden = (wishes or Wishes()).hidden
        self._pins = Pins((wishes or Wishes()).pins, encoder)
        self._pieces = lru_cache(maxsize=16_384)(self._tokens)  # of a word
        self._beside = ThreadPoolExecutor(self._limits.concurrency, "words")
        self._overdue: Future[Sense] | None = None  # of a model that kept an answer by words waiting
        self._lock = threading.Lock()
        self._busy = _Busy()
        self._generation = self._open()

    @property
    def generation(self) -> Generation:
        """The generation that answers now."""
        return self._generation

    @property
    def reranker(self) -> str | None:
        """The fingerprint of what reads the best passages again, where anything does."""
        return None if self._reranking is None else self._reranking.fingerprint

    def refresh(self) -> bool:
        """Takes up a newer generation if there is one. Questions under way finish on the old one."""
        with self._lock:
            if current(self._data)[0] == self._generation.name:
                return False
            self._generation = self._open(self._generation)
            return True

    def search(self, query: Query | str, until: float | None = None) -> Answer:
        """Ranked, attributed excerpts; a text alone is a question asked as `Query` has it by default.
        `until`, on `time.monotonic`'s clock, is when a reranker must have done, and a model that an answer by
        words listens to for a crisis. Raises QueryError beyond the
        limits, NotFound for an unknown collection."""
        with self._busy:
            return self._answered(Query(query) if isinstance(query, str) else query, until).answer

    def explain(self, query: Query) -> Explanation:
        """Why `search` answers what it does."""
        evidence = self._answered(query)
        if evidence.typed is not None:
            evidence = replace(evidence, typed=self._telling(query.text, evidence.typed))
        return explain(evidence, self._notices, self._meaning, self._calibration(query, evidence.reranked))

    def _answered(self, query: Query, until: float | None = None) -> Evidence:
        _check(query, self._limits)
        generation = self._generation
        try:
            collection = _collection(generation, query.collection)
        except Damaged:  # its files went, before it was ever opened, when a newer generation came
            if self._renewed(generation):
                return self._answered(query, until)
            raise
        query = self._without_hidden(query)
        read = self._read(collection, query)
        question = read.question
        sense = self._listening(query.text, read.typed)
        reranked = self._ranked(collection, read, query, until)
        pinned, ranking = self._pinned(collection, read, query, reranked)
        place = place_of(query, generation)
        end = place + query.limit
        shown = grouped(collection, ranking, end) if query.group else ranking[:end]
        found = self._found(collection, question, shown, query, reranked)
        if len(found) < len(shown) and self._renewed(generation):
            return self._answered(query, until)
        length = query.excerpt_length or self._excerpt_length
        paged = page(found, place, query.group)
        said = ranked_from(results(paged, question, query.group, length, collection.links), place)
        verdict = self._calibration(query, reranked).verdict([round(one.chance, 6) for one in found])
        if any(found_one.stored.passage.document_id == one.document for found_one in found for one in pinned):
            verdict = "answered"  # the owner says so
        notices = self._noticed(query.text, read.notices, self._meant(sense, read.typed, until))
        after = cursor_after(query, generation, collection, ranking, end)
        answer = Answer(verdict, notices, said, read.suggestion, generation.manifest.sequence, next=after)
        positions = {one.stored.passage.id: one.position for one in found}
        return Evidence(collection, question, query, pinned, positions, answer, reranked, read.typed)

    def notices(self, text: str) -> tuple[Notice, ...]:
        """What a question calls for, by its words and by what it means, whether it can be answered or not."""
        sense = self._listening(text)
        return self._noticed(text, self._notices.matches(text), self._meant(sense))

    def documents(self, query: Query) -> list[tuple[str, float]]:
        """Document ids with their scores in this mode's ranking, each at its best passage's place.

        For evaluation: `limit` may be above what a request may ask for, and scores are the ranking's
        own, comparable within one mode alone.
        """
        _check(replace(query, limit=1), self._limits)
        collection = _collection(self._generation, query.collection)
        query = self._without_hidden(query)
        read = self._read(collection, query)
        reranked = self._ranked(collection, read, query)
        _, ranking = self._pinned(collection, read, query, reranked)
        found = by_document(collection, ranking)[: query.limit]
        return [(document, hit.score) for document, hit in found]

    def standings(self, query: Query, reranked: bool = False) -> tuple[Asked, list[tuple[str, Standing]]]:
        """What calibration is fitted to: the evidence on the question and on each document found, by the
        retrievers alone, or those that the reranker read, by its numbers."""
        collection = _collection(self._generation, query.collection)
        read = self._read(collection, query)
        ranked = Reranked(rank(collection, read.question, query, read.words), 0)
        ranking = ranked.ranking
        if reranked:
            ranked = self._reranked(collection, read.question, ranking)
            ranking = ranked.ranking[: ranked.scored]
        found = by_document(collection, ranking)[: query.limit]
        hits = Ranking.of(hit for _, hit in found)
        standings = _standings(collection, read.question, query, ranked, hits, list(range(len(hits))))
        names = [name for name, _ in found]
        return _asked(collection, read.question), list(zip(names, standings, strict=True))

    def _ranked(
        self, collection: Collection, read: _Read, query: Query, until: float | None = None
    ) -> Reranked:
        """The mode's ranking; the reranker, where there is one, is the hybrid mode's, for the other two
        are there to be compared with it, and to be quick."""
        ranking = rank(collection, read.question, query, read.words)
        if self._reranking is None or query.mode != "hybrid":
            return Reranked(ranking, 0)
        return self._reranked(collection, read.question, ranking, until)

    def _reranked(
        self, collection: Collection, question: Question, ranking: Ranking, until: float | None = None
    ) -> Reranked:
        def texts(hits: Ranking) -> list[str | None]:
            keys: list[int] = collection.keys[hits.positions].tolist()
            stored = self._catalogue.passages(keys)
            found = (stored.get(key) for key in keys)
            return [None if one is None else embedded_text(one.passage.context, one.text) for one in found]

        assert self._reranking is not None
        return self._reranking.rerank(question.text, ranking, texts, until)

    def _calibration(self, query: Query, reranked: Reranked) -> Calibration:
        """What a verdict is given by."""
        if reranked.scored and self._reranking is not None:
            return self._reranking.calibration
        return self._calibrations[query.mode]

    def _renewed(self, generation: Generation) -> bool:
        """Whether there is a newer generation than this one, some of whose passages are gone. One that
        cannot be opened is no reason not to answer with what is left."""
        try:
            self.refresh()
        except NotReady:
            return False
        return self._generation is not generation

    def _open(self, before: Generation | None = None) -> Generation:
        generation = open_current(self._data, before, lazily=True)
        made_with = generation.manifest.model
        if made_with.fingerprint != self._encoder.fingerprint:
            raise ModelMismatch(
                f"The index was built with {made_with.name} ({made_with.dimensions} dimensions); settings "
                f"ask for another model ({self._encoder.dimensions} dimensions). Run: kb index"
            )
        return generation

    def _without_hidden(self, query: Query) -> Query:
        hidden = self._hidden.get(query.collection)
        return replace(query, filters=replace(query.filters, hidden=hidden)) if hidden else query

    def _read(self, collection: Collection, query: Query) -> _Read:
        """The question read for its words, and by the model, both at once: the model leaves Python's lock
        and a core to the words."""
        if query.mode == "lexical":
            return self._by_words(collection, query)
        reading = self._soon(self._by_words, collection, query)
        vector = self._encoder.encode_queries([query.text])[0]
        read = reading.result()
        meant = completed(read.question)
        if meant != query.text:
            vector = self._encoder.encode_queries([meant])[0]
        named, names = vector, other_names(read.question)
        if names:
            named = with_names(vector, self._encoder.encode_queries([f"{meant} ({', '.join(names)})"])[0])
        return replace(read, typed=vector, question=replace(read.question, vector=named))

    def _by_words(self, collection: Collection, query: Query) -> _Read:
        """All that a question's words alone tell.

        It is read as it is spelled: what was typed is in no passage, and a model makes little of it.
        """
        question = self._understood(query.text, collection)
        suggestion = mended(question, collection.lexical, self._is_word)
        if suggestion is not None:
            question = self._understood(suggestion, collection)
        question = settled(question, self._is_word)
        if query.mode == "hybrid" and says_nothing(question):  # only the model can make anything of it
            question = replace(question, groups=())
        question = replace(question, familiarity=self._familiarity(completed(question)))
        notices = self._notices.matches(query.text)
        words = worded(collection, question, query) if query.mode == "hybrid" else None
        return _Read(question, suggestion, notices, words=words)

    def _pinned(
        self, collection: Collection, read: _Read, query: Query, reranked: Reranked
    ) -> tuple[list[Pinned], Ranking]:
        """What the owner has pinned to the question, and everything that was found, that first."""
        pinned = self._pins.of(query.text, read.typed, query.collection)
        return pinned, _pinned_first(collection, read.question, query, reranked.ranking, pinned)

    def _understood(self, text: str, collection: Collection) -> Question:
        most = self._limits.query_terms
        return understand(text, collection.lexical, self._bridge, most, None, collection.acronyms)

    def _is_word(self, text: str) -> bool:
        """Whether the bridge knows it, or the model a form of it as a whole, which of misspelled words it
        does not."""
        if self._bridge.knows(text):
            return True
        forms = self._encoder.count_tokens(sorted(inflections(text)))
        return any(form == self._no_tokens + 1 for form in forms)

    def _familiarity(self, text: str) -> float:
        """How much the model is to be believed about a question."""
        if not is_spaced(text):
            return familiarity(self._tokens(text), count(text))
        words = plain_tokens(text)
        return familiarity(sum(map(self._pieces, words)), len(words))

    def _telling(self, text: str, typed: Vectors) -> Vectors | None:
        """The vector, where it tells what the question means: not of one word alone ("directions"), which the
        rules have where it may be a crisis, nor of letters that the model only knows one by one, or not at
        all."""
        if is_latin(text) and len(text.split()) > 1:
            return typed
        tokens = self._tokens(text)
        if is_latin(text):  # of more pieces than a word has: "illnotbehere"
            return typed if tokens > _PIECES else None
        letters = sum(map(str.isalpha, text))
        return None if tokens > _SPELLED_OUT * letters else typed

    def _tokens(self, text: str) -> int:
        """How many tokens the model takes for a text, without those that every text has."""
        return self._encoder.count_tokens([text])[0] - self._no_tokens

    @cached_property
    def _no_tokens(self) -> int:
        """What every text has, an empty one too."""
        return self._encoder.count_tokens([""])[0]

    def _sense(self, text: str, typed: Vectors | None) -> Sense:
        """What the question means; `typed` is its vector, where it has one already."""
        if self._meaning is None:
            return "unclear"
        vector = self._encoder.encode_queries([text])[0] if typed is None else typed
        telling = self._telling(text, vector)
        return "unclear" if telling is None else self._meaning.sense(telling)

    def _listening(self, text: str, typed: Vectors | None = None) -> Future[Sense] | None:
        """What the question means, as soon as it is known. A model that keeps an answer by words waiting is
        not asked again for such before it has answered."""
        if typed is not None:
            return self._soon(self._sense, text, typed)
        overdue = self._overdue
        if overdue is not None and not overdue.done():
            return None
        return self._beside.submit(self._sense, text, None)

    def _soon(
        self, work: Callable[_Given, _Made], *given: _Given.args, **named: _Given.kwargs
    ) -> Future[_Made]:
        """Work that another processor does meanwhile; at once, where other questions keep those at work."""
        if self._busy.with_others:
            made: Future[_Made] = Future()
            made.set_result(work(*given, **named))
            return made
        return self._beside.submit(work, *given, **named)

    def _meant(
        self, sense: Future[Sense] | None, typed: Vectors | None = None, until: float | None = None
    ) -> Sense:
        """What the question means, unless it is read by words alone, and the model takes longer than that may
        wait: then the rules have to do."""
        if sense is None:
            return "unclear"
        if typed is not None:
            return sense.result()
        left = _PATIENCE if until is None else min(_PATIENCE, max(0.0, until - time.monotonic()) / 2)
        try:
            return sense.result(left)
        except TimeoutError:
            self._overdue = sense
            return "unclear"

    def _noticed(self, text: str, by_words: tuple[Notice, ...], sense: Sense) -> tuple[Notice, ...]:
        """The notices that the question calls for, by its words and by what it means."""
        if sense == "crisis" or (sense == "harmless" and by_words):
            return self._notices.matches(text, sense)
        return by_words

    def _found(
        self, collection: Collection, question: Question, hits: Ranking, query: Query, reranked: Reranked
    ) -> list[Found]:
        """The hits with their passages and the chance that each answers."""
        if not hits:
            return []
        calibration = self._calibration(query, reranked)
        asked = _asked(collection, question)
        placed = places(collection, hits, query.group)
        standings = _standings(collection, question, query, reranked, hits, placed)
        chances = _falling([calibration.chance(one, asked) for one in standings], hits, placed)
        positions, keys = hits.positions.tolist(), collection.keys[hits.positions].tolist()
        stored = self._catalogue.passages(keys)
        return [
            Found(position, chance, stored[key])
            for position, key, chance in zip(positions, keys, chances, strict=True)
            if key in stored
        ]


def open_searcher(home: Path | str, models: Path | None = None) -> Searcher:
    """Opens the knowledge base in the folder `home` to be asked in this process, without a server:

        searcher = open_searcher("clinic")
        for result in searcher.search("can't sleep before exams").results:
            print(result.score, result.attribution.title, result.excerpt.text)

    It answers as `kb serve` does, with the owner's notices, pins and calibration; threads may share it.
    What is ingested later is taken up by `refresh()`. `models` is where prepared models are kept, if not
    in the user's cache folder. Raises NotReady, naming the command that mends it, and ConfigError.
    """
    config = load(Path(home).resolve())
    owner.check(config)
    return configured_searcher(config, models or models_folder())


def configured_searcher(config: Config, models: Path, encoder: Encoder | None = None) -> Searcher:
    """The searcher that a `kb.toml` asks for; `encoder` is the configured model's, unless given."""
    with ThreadPoolExecutor(1, "notices") as pool:
        notices = pool.submit(owner.notices, config)  # which takes as long as opening the model
        encoder = encoder or configured_encoder(config, models)
        meaning = configured_meaning(config, models, encoder)
        return searcher_of(
            config.data,
            encoder,
            config.limits,
            owner.bridge(config),
            notices.result(),
            meaning,
            owner.wishes(config),
            calibrations.read(config.data, encoder.fingerprint).calibrations,
            configured_reranking(config, models),
            config.search.excerpt_length,
        )


def searcher_of(
    data: Path,
    encoder: Encoder,
    limits: Limits | None = None,
    bridge: Bridge | None = None,
    notices: NoticeMatcher | None = None,
    meaning: Meaning | None = None,
    wishes: Wishes | None = None,
    calibrations: Mapping[Mode, Calibration] = SHIPPED,
    reranking: Reranking | None = None,
    excerpt_length: int = WHOLE,
) -> Searcher:
    """A searcher of these parts over the knowledge base whose `.kb` folder is `data`."""
    catalogue = Catalogue(data / FILE_NAME)
    return Searcher(
        data,
        catalogue,
        encoder,
        limits,
        bridge,
        notices,
        meaning,
        wishes,
        calibrations,
        reranking,
        excerpt_length,
    )


def _check(query: Query, limits: Limits) -> None:
    if not query.text.strip():
        raise QueryError("the question is empty")
    if len(query.text) > limits.query_characters:
        raise QueryError(f"the question is longer than {limits.query_characters} characters")
    if not 1 <= query.limit <= limits.results:
        raise QueryError(f"limit is a number from 1 to {limits.results}", "limit")
    if query.excerpt_length is not None and not SHORTEST <= query.excerpt_length <= LONGEST:
        raise QueryError(f"excerpt_length is a number from {SHORTEST} to {LONGEST}", "excerpt_length")
    if max(len(query.filters.tags), len(query.filters.document_id)) > limits.filter_values:
        raise QueryError(f"a filter holds more than {limits.filter_values} values", "filters")
    if any(
        _HALF.search(value)
        for value in (*query.filters.tags, *query.filters.document_id, query.filters.language or "")
    ):
        raise QueryError("filters hold half a surrogate pair, which is no character", "filters")


def _collection(generation: Generation, name: str) -> Collection:
    found = generation.collections.get(name)
    if found is None:
        raise NotFound(f"There is no collection named {name}")
    return found


def _asked(collection: Collection, question: Question) -> Asked:
    return Asked(question.unknown, len(collection), collection.dense.background(question))


def _standings(
    collection: Collection,
    question: Question,
    query: Query,
    ranked: Reranked,
    hits: Ranking,
    placed: Sequence[int],
) -> list[Standing]:
    """How the hits stand at their places."""
    if not hits:
        return []
    scores = hits.scores.tolist()
    first = scores.index(max(scores))  # what is pinned is before it
    if query.mode == "hybrid" and not ranked.scored:
        cosines = collection.dense.score(question, hits.positions.tolist())
        familiar = question.familiarity
        scores = [evidence(score, cosine, familiar) for score, cosine in zip(scores, cosines, strict=True)]
    best = scores[first]
    return [Standing(score, best, place) for score, place in zip(scores, placed, strict=True)]


def _falling(chances: Sequence[float], hits: Ranking, placed: Sequence[int]) -> list[float]:
    """The chances, none above that of a better result, nor of the same document's better passages. A pinned
    result comes first with a score of its own."""
    firsts = {place: n for n, place in reversed(list(enumerate(placed)))}
    scores = hits.scores.tolist()
    order = sorted(firsts.values(), key=lambda n: (-scores[n], n))
    highest = dict(zip(order, falling([chances[n] for n in order]), strict=True))
    least = {place: highest[n] for place, n in firsts.items()}
    capped = []
    for chance, place in zip(chances, placed, strict=True):
        least[place] = min(least[place], chance)
        capped.append(least[place])
    return capped


def _pinned_first(
    collection: Collection, question: Question, query: Query, ranking: Ranking, pinned: list[Pinned]
) -> Ranking:
    """The best passage of each pinned document before everything else, where the filters let it through."""
    first = [hit for one in pinned for hit in _best_of(collection, question, query, one.document)]
    if not first:
        return ranking
    scores = ranking.by_position()  # which may be a reranker's
    lowest = ranking[-1].score if ranking else 0.0
    first = [Hit(hit.position, scores.get(hit.position, min(hit.score, lowest))) for hit in first]
    positions = {hit.position for hit in first}
    return Ranking.of([*first, *(hit for hit in ranking if hit.position not in positions)])


def _best_of(collection: Collection, question: Question, query: Query, document: str) -> list[Hit]:
    """The document's best passage, its first one where no retriever finds any; none where it may not be."""
    filters = query.filters
    if filters.document_id and document not in filters.document_id:
        return []
    alone = replace(query, filters=replace(filters, document_id=(document,)))
    found = rank(collection, question, alone)
    return list(found[:1]) or [Hit(int(at), 0.0) for at in collection.positions(alone.filters)[:1]]
