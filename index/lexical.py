"""Lexical retrieval: BM25 in tantivy, and nothing else imports tantivy.

English passages are stemmed; others are indexed by their plain words, so that no English ending is
cut off a German word. A question is asked of both. No text of a user's ever reaches a query parser:
queries are built of terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tantivy

from index.types import Filters, Hit, Question, Ranking
from kb.errors import Damaged

_HEAP = 512_000_000  # one segment for a few hundred thousand passages: exact statistics, stable order
_LONGEST_TERM = 60
_FOLDER = "lexical"
# What tantivy locks, and makes where it is missing, when it opens an index: made beforehand, so that
# opening a generation leaves it as it was.
_READERS_LOCK = ".tantivy-meta.lock"


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """A passage as it is indexed; `text` has the context before it."""

    text: str
    document_id: str
    language: str | None
    tags: tuple[str, ...]


def write(rows: Iterable[LexicalRow], folder: Path) -> None:
    """Writes a collection's index; the nth row is position n. The same rows give the same bytes."""
    path = folder / _FOLDER
    path.mkdir()
    index = _with_analyzers(tantivy.Index(_schema(), str(path)))
    writer = index.writer(_HEAP, 1)
    for position, row in enumerate(rows):
        document = tantivy.Document()
        document.add_text("english" if _is_english(row.language) else "plain", row.text)
        document.add_text("document", row.document_id)
        for language in _language_keys(row.language):
            document.add_text("language", language)
        for tag in row.tags:
            document.add_text("tag", tag)
        document.add_unsigned("position", position)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    del writer, index
    _name_segments(path)


class LexicalIndex:
    """A collection's words, open for questions."""

    def __init__(self, folder: Path) -> None:
        """Opens what `write` wrote. The caller has checked the files' checksums."""
        try:
            index = _with_analyzers(tantivy.Index.open(str(folder / _FOLDER)))
            self._searcher = index.searcher()
        except ValueError as error:
            raise Damaged(f"The lexical index cannot be opened ({error}). Run: kb index") from None
        self._schema = index.schema

    def retrieve(self, question: Question, k: int, filters: Filters) -> Ranking:
        """At most `k` hits by BM25, best first."""
        return self._search(self._any_term(question), k, self._must(filters))

    def score(self, question: Question, positions: Sequence[int]) -> list[float]:
        """BM25 of each of these passages; 0 where no term occurs."""
        if not positions:
            return []
        among = tantivy.Query.term_set_query(self._schema, "position", list(positions))
        hits = self._search(self._any_term(question), len(positions), [among])
        found = {hit.position: hit.score for hit in hits}
        return [found.get(position, 0.0) for position in positions]

    def document_frequency(self, term: str) -> int:
        """How many passages hold a term (as `analyse` gives it)."""
        return int(self._searcher.doc_freq("english", term) + self._searcher.doc_freq("plain", term))

    @property
    def count(self) -> int:
        """How many passages there are."""
        return int(self._searcher.num_docs)

    def _any_term(self, question: Question) -> tantivy.Query:
        terms = [("english", term) for term in analyse(question.text)]
        terms += [("plain", term) for term in analyse(question.text, stem=False)]
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, term, "freq"))
                for field, term in dict.fromkeys(terms)
            ]
        )

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

    def _search(self, terms: tantivy.Query, k: int, must: Sequence[tantivy.Query]) -> Ranking:
        query = terms
        if must:
            parts = [(tantivy.Occur.Must, terms)]
            parts += [(tantivy.Occur.Must, tantivy.Query.const_score_query(part, 0.0)) for part in must]
            query = tantivy.Query.boolean_query(parts)
        found = self._searcher.search(query, max(k, 1), count=False).hits
        positions = self._searcher.fast_field_values("position", [address for _, address in found])
        hits = [
            Hit(int(position or 0), float(score))
            for (score, _), position in zip(found, positions, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.position))


@lru_cache(maxsize=16_384)
def analyse(text: str, stem: bool = True) -> tuple[str, ...]:
    """A text's terms in order, as the index holds them: lower case, without accents, English stems."""
    return tuple(_analyzer(stem).analyze(text))


@lru_cache(maxsize=2)
def _analyzer(stem: bool) -> tantivy.TextAnalyzer:
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    return (builder.filter(tantivy.Filter.stemmer("english")) if stem else builder).build()


def _with_analyzers(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("english", _analyzer(True))
    index.register_tokenizer("plain", _analyzer(False))
    return index


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("english", tokenizer_name="english", index_option="freq")
    builder.add_text_field("plain", tokenizer_name="plain", index_option="freq")
    for name in ("document", "language", "tag"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("position", indexed=True, fast=True)
    return builder.build()


def _is_english(language: str | None) -> bool:
    return language is None or language.lower().partition("-")[0] == "en"


def _language_keys(language: str | None) -> tuple[str, ...]:
    """`en-gb` is found by `en-gb` and by `en`."""
    if language is None:
        return ()
    language = language.lower()
    return tuple(dict.fromkeys((language, language.partition("-")[0])))


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
