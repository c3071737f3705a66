"""Lexical retrieval: BM25 in tantivy, and nothing else imports tantivy.

English passages are stemmed; others are indexed by their plain words, so that no English ending is
cut off a German word. A question is asked of both. No text of a user's ever reaches a query parser:
queries are built of terms.
"""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import tantivy

from index.scripts import spaced
from index.spelling import Spelling
from index.types import Filters, Group, Question, Ranking, Term
from index.words import tells
from kb.errors import Damaged
from kb.passages import embedded_text

ANALYSIS = 2  # of how a text becomes terms; with another number a collection's index is written anew
_HEAP = 512_000_000  # one segment for a few hundred thousand passages: exact statistics, stable order
_LONGEST_TERM = 60
_K1 = 1.2  # tantivy's own BM25 constant
_FOLDER = "lexical"
# What tantivy locks, and makes where it is missing, when it opens an index: made beforehand, so that
# opening a generation leaves it as it was.
_READERS_LOCK = ".tantivy-meta.lock"
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part of the lexical evidence counts; each part is 0 to 1.

    `strength`: BM25 over the most that the question could give. `coverage`: the share of the question's
    telling words, by rarity, that the passage has in all that is indexed of it; `headings`: in its title
    and headings alone. `meant`: what the words may mean (lay words, acronyms) counts in `strength`, too;
    `function_words`: the rarity from which those that tell nothing do, too.
    """

    strength: float
    coverage: float
    headings: float
    meant: bool = False
    function_words: float = 0.0


BM25 = Weights(1.0, 0.0, 0.0, meant=True)
# By words alone function words do harm: without them nDCG@10 is .10 higher on clinic-pages and .01 to .03 on
# counsel-chat, medquad, no-answer, vagov-anchors and the example clinic.
TELLING = replace(BM25, function_words=math.inf)


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """A passage as it is indexed; `context` is its title and headings."""

    context: str
    text: str
    document_id: str
    language: str | None
    tags: tuple[str, ...]


def write(rows: Iterable[LexicalRow], folder: Path) -> None:
    """Writes a collection's index; the nth row is position n. The same rows give the same bytes."""
    path = folder / _FOLDER
    path.mkdir()
    try:
        _write(rows, path)
    except ValueError as error:  # tantivy's only error; that of a full disk, once the rows are right
        raise OSError(errno.EIO, f"lexical index: {error}") from None
    _name_segments(path)


def _write(rows: Iterable[LexicalRow], path: Path) -> None:
    index = _with_analyzers(tantivy.Index(_schema(), str(path)))
    writer = index.writer(_HEAP, 1)
    for position, row in enumerate(rows):
        document = tantivy.Document()
        field = "english" if _is_english(row.language) else "plain"
        words = spaced(embedded_text(row.context, row.text))
        document.add_text(field, words)
        document.add_text(f"{field}_headings", spaced(row.context))
        document.add_text("surface", words)
        document.add_text("document", row.document_id)
        for language in _language_keys(row.language):
            document.add_text("language", language)
        for tag in row.tags:
            document.add_text("tag", tag)
        document.add_unsigned("position", position)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


class LexicalIndex:
    """A collection's words, open for questions."""

    def __init__(self, folder: Path) -> None:
        """Opens what `write` wrote. The caller has checked the files' checksums."""
        try:
            with _lockable(folder / _FOLDER) as path:
                index = _with_analyzers(tantivy.Index.open(str(path)))
                self._searcher = index.searcher()
        except ValueError as error:
            raise Damaged(f"The lexical index cannot be opened ({error}). Run: kb index") from None
        self._schema = index.schema
        self._spelling = Spelling(lambda start: self._searcher.terms_with_prefix("surface", start))
        self._held = lru_cache(maxsize=16_384)(self._searcher.doc_freq)
        self.terms = lru_cache(maxsize=16_384)(self._terms)

    def retrieve(self, question: Question, k: int, filters: Filters, weights: Weights = BM25) -> Ranking:
        """At most `k` hits by the weighted sum of their lexical evidence, best first."""
        query = self._query(question, weights)
        return self._search(query, k, self._must(filters), self._hidden(filters)).sorted()

    def score(self, question: Question, positions: Sequence[int], weights: Weights = BM25) -> list[float]:
        """What `retrieve` would give each of these passages; 0 where no term occurs."""
        if not positions:
            return []
        # They are named term by term, since of a set tantivy makes an automaton, which takes as long as the
        # whole search.
        named = _any([_term(self._schema, "position", position) for position in positions])
        found = self._search(self._query(question, weights), len(positions), [named], []).by_position()
        return [found.get(position, 0.0) for position in positions]

    def frequency(self, plain: str, stem: str) -> int:
        """How many passages have a word."""
        return int(self._held("english", stem) + self._held("plain", plain))

    def rarity(self, plain: str, stem: str) -> float:
        """BM25's inverse document frequency of a word, which is above 0 for every word."""
        held = self.frequency(plain, stem)
        return math.log(1 + (self.count - held + 0.5) / (held + 0.5))

    def _terms(self, text: str) -> tuple[Term, ...]:
        """The words of a text as they are held here, in order."""
        both = zip(analyse(text, stem=False), analyse(text), strict=True)
        return tuple(self._term(plain, stem) for plain, stem in both)

    def _term(self, plain: str, stem: str) -> Term:
        held = self.frequency(plain, stem)
        return Term(plain, stem, self.rarity(plain, stem), tells(stem), held > 0)

    def has_together(self, terms: Sequence[Term]) -> bool:
        """Whether a passage has all of these words; of none, false."""
        if not terms or not all(term.known for term in terms):
            return False
        if len(terms) == 1:
            return True
        together = _all([_any(self._having(term)) for term in terms])
        return bool(self._searcher.search(together, 1, count=False).hits)

    def corrections(self, word: str) -> list[tuple[str, int]]:
        """Words of the collection that one or two slips of the finger make into `word`, with how many."""
        return self._spelling.corrections(word)

    def completions(self, beginning: str) -> list[str]:
        """Words of the collection that begin so, the commonest first."""
        return self._spelling.completions(beginning)

    @property
    def count(self) -> int:
        """How many passages there are."""
        return int(self._searcher.num_docs)

    def _query(self, question: Question, weights: Weights) -> tantivy.Query:
        """A query whose score is the weighted sum of the evidence: BM25 over the bound that none reaches
        (every term again and again in next to no words), and, over their whole, the weight of the groups
        that a passage and its headings have."""
        typed = _looked_for(question, weights)
        bound = sum(term.rarity for term in typed) * (_K1 + 1) or 1.0
        parts = [
            tantivy.Query.boost_query(query, weights.strength * worth / bound)
            for term, worth in _worths(question, typed, weights).items()
            for query in self._having(term)
        ]
        whole = question.weight
        for part, weight in (("", weights.coverage), ("_headings", weights.headings)):
            if weight and whole:
                telling = (group for group in question.groups if group.weight)
                parts += [self._covering(group, weight / whole, part) for group in telling]
        return _any(parts)

    def _covering(self, group: Group, share: float, part: str) -> tantivy.Query:
        """A query that scores the group's weight, by its own words or by its best other name."""
        telling = [term for term in group.terms if term.tells]
        typed = _any(
            [
                tantivy.Query.const_score_query(query, term.rarity * share)
                for term in telling
                for query in self._having(term, part)
            ]
        )
        if not group.alternatives:
            return typed
        others = [
            tantivy.Query.const_score_query(
                _all([_any(self._having(term, part)) for term in one.terms]), one.worth * group.weight * share
            )
            for one in group.alternatives
        ]
        return tantivy.Query.disjunction_max_query([typed, *others])

    def _having(self, term: Term, part: str = "") -> list[tantivy.Query]:
        """What finds a word, in the fields that have it at all: opening one takes longer than reading it."""
        return [
            _term(self._schema, field + part, word, "basic" if part else "freq")
            for field, word in (("english", term.stem), ("plain", term.plain))
            if self._held(field + part, word)
        ]

    def _must(self, filters: Filters) -> list[tantivy.Query]:
        wanted = (
            ("document", filters.document_id),
            ("tag", filters.tags),
            ("language", (filters.language.lower(),) if filters.language else ()),
        )
        return [
            tantivy.Query.term_set_query(self._schema, field, list(values))
            for field, values in wanted
            if values
        ]

    def _hidden(self, filters: Filters) -> list[tantivy.Query]:
        if not filters.hidden:
            return []
        return [tantivy.Query.term_set_query(self._schema, "document", list(filters.hidden))]

    def _search(
        self, query: tantivy.Query, k: int, must: Sequence[tantivy.Query], must_not: Sequence[tantivy.Query]
    ) -> Ranking:
        """The best `k`, in no order."""
        if must or must_not:
            parts = [(tantivy.Occur.Must, query)]
            parts += [(tantivy.Occur.Must, tantivy.Query.const_score_query(part, 0.0)) for part in must]
            parts += [(tantivy.Occur.MustNot, part) for part in must_not]
            query = tantivy.Query.boolean_query(parts)
        found = self._searcher.search(query, max(k, 1), count=False).hits
        positions = self._searcher.fast_field_values("position", [address for _, address in found])
        return Ranking(np.array(positions, np.int64), np.array([score for score, _ in found], np.float64))


def _term(schema: tantivy.Schema, field: str, value: str | int, kind: str = "basic") -> tantivy.Query:
    return tantivy.Query.term_query(schema, field, value, kind)


def _any(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _all(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])


def _looked_for(question: Question, weights: Weights) -> list[Term]:
    """The typed words that count in BM25, each once."""
    terms = dict.fromkeys(term for group in question.groups for term in group.terms)
    return [term for term in terms if term.tells or term.rarity >= weights.function_words]


def _worths(question: Question, typed: Iterable[Term], weights: Weights) -> dict[Term, float]:
    """What a term counts in BM25: 1 of a typed word; of a name that is the same, or a mended spelling, its
    worth; of what may be meant, where that counts."""
    worths = dict.fromkeys(typed, 1.0)
    for group in question.groups:
        for one in group.alternatives:
            if one.kind not in ("lay", "acronym") or weights.meant:
                for term in one.terms:
                    worths.setdefault(term, one.worth / len(one.terms))
    return worths


@lru_cache(maxsize=16_384)
def analyse(text: str, stem: bool = True) -> tuple[str, ...]:
    """A text's terms in order, as the index holds them: lower case, without accents, English stems; pairs of
    characters where a script has no spaces."""
    whole = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    return tuple(_analyzer(stem).analyze(spaced(whole)))


@lru_cache(maxsize=2)
def _analyzer(stem: bool) -> tantivy.TextAnalyzer:
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    return (builder.filter(tantivy.Filter.stemmer("english")) if stem else builder).build()


@contextmanager
def _lockable(folder: Path) -> Iterator[Path]:
    """The folder itself, or, where its lock may not be written, links to its files beside another lock.

    What tantivy has opened stays open when the links are gone.
    """
    if os.access(folder / _READERS_LOCK, os.W_OK):
        yield folder
        return
    links = Path(tempfile.mkdtemp(prefix="kb-lexical-"))
    try:
        for file in folder.iterdir():
            if file.name != _READERS_LOCK:
                (links / file.name).symlink_to(file.resolve())
        yield links
    finally:
        remove(links)


def remove(folder: Path) -> None:
    """Removes a folder in which an index was just opened, again where need be: a thread of tantivy's once
    looks whether the index has changed, by its lock."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.02)


def _with_analyzers(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("english", _analyzer(True))
    index.register_tokenizer("plain", _analyzer(False))
    return index


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for analyzer in ("english", "plain"):
        builder.add_text_field(analyzer, tokenizer_name=analyzer, index_option="freq")
        builder.add_text_field(f"{analyzer}_headings", tokenizer_name=analyzer, index_option="basic")
    builder.add_text_field("surface", tokenizer_name="plain", index_option="basic")
    for name in ("document", "language", "tag"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("position", indexed=True, fast=True)
    return builder.build()


def _is_english(language: str | None) -> bool:
    return language is None or language.lower().partition("-")[0] == "en"


def _language_keys(language: str | None) -> tuple[str, ...]:
    """`zh-hant-tw` is found by `zh-hant-tw`, by `zh-hant` and by `zh`."""
    if language is None:
        return ()
    parts = language.lower().split("-")
    return tuple("-".join(parts[:upto]) for upto in range(len(parts), 0, -1))


def _name_segments(path: Path) -> None:
    """Numbers the segments, which tantivy names at random, so that the same rows give the same bytes."""
    meta = (path / "meta.json").read_text()
    managed = (path / ".managed.json").read_text()
    for number, segment in enumerate(json.loads(meta)["segments"], 1):
        name, plain = segment["segment_id"], segment["segment_id"].replace("-", "")
        new = f"{number:032x}"
        for file in path.glob(f"{plain}.*"):
            file.rename(path / file.name.replace(plain, new))
        dashed = "-".join((new[:8], new[8:12], new[12:16], new[16:20], new[20:]))
        meta, managed = meta.replace(name, dashed), managed.replace(plain, new)
    (path / "meta.json").write_text(meta)
    (path / ".managed.json").write_text(json.dumps(sorted(json.loads(managed))))
    for lock in path.glob("*.lock"):
        lock.unlink()
    (path / _READERS_LOCK).touch()
