"""BM25 against bm25s, and what people type against what an index can bear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import pytest

from index import lexical
from index.bridge import Bridge
from index.fusion import WEIGHTS
from index.lexical import BM25, TELLING, LexicalIndex, LexicalRow, Weights, analyse
from index.question import understand
from index.types import Filters, Question

TEXTS = [
    "Fees are paid after each visit, by card or in cash.",
    "The sliding scale of fees depends on your household's income. Ask us about fees before you come.",
    "Can't sleep before exams? Sleep comes when worry is written down.",
    "Grief has no timetable, and nobody has to carry it alone.",
    "Worrying about exams is common, and it passes sooner in company.",
    "What we say to each other stays between us, except when a life is in danger.",
    "If you are in danger now, call the emergency number.",
    "Insurance may pay a part of the fees; your insurer will tell you which visits it covers.",
    "Group sessions meet on Tuesdays: six people, ninety minutes, one room.",
    "Our rooms are on the ground floor, with a ramp and a bell.",
]


def written(folder: Path, rows: Sequence[LexicalRow]) -> LexicalIndex:
    lexical.write(rows, folder)
    return LexicalIndex(folder)


def row(
    text: str, document: str = "a", language: str | None = "en", tags: tuple[str, ...] = (), context: str = ""
) -> LexicalRow:
    return LexicalRow(context, text, document, language, tags)


def ask(index: LexicalIndex, text: str) -> Question:
    return understand(text, index, Bridge([]), 32, None)


def found(index: LexicalIndex, text: str, filters: Filters | None = None, k: int = 10) -> list[int]:
    return [hit.position for hit in index.retrieve(ask(index, text), k, filters or Filters())]


@pytest.mark.parametrize(
    "question", ["fees", "can't sleep before exams", "does insurance cover visits", "danger in a life"]
)
def test_scores_are_those_of_bm25s(tmp_path: Path, question: str) -> None:
    """Over the question's bound; and up to tantivy's one-byte lengths, which are exact up to 40 words."""
    index = written(tmp_path, [row(text) for text in TEXTS])
    words = [list(analyse(text)) for text in TEXTS]
    oracle = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    oracle.index(words, show_progress=False)
    asked = list(dict.fromkeys(analyse(question)))
    want = oracle.get_scores([word for word in asked if any(word in text for text in words)])
    got = {hit.position: hit.score for hit in index.retrieve(ask(index, question), 10, Filters())}
    # bm25s, as Lucene since version 8, leaves out the factor k1 + 1, which the bound has too.
    bound = sum(term.rarity for group in ask(index, question).groups for term in group.terms)
    assert set(got) == {n for n, score in enumerate(want) if score > 0}
    for position, score in got.items():
        assert score * bound == pytest.approx(float(want[position]), rel=1e-4)


ODD = [
    '"fees', "fees AND", "NOT fees", "fees OR (", "fees)", "+fees -sleep", "text:fees", "english:fees",
    "fees*", "fe?s", "fees~2", "fees^9", "[a TO z] fees", "{fees}", "fees\\", "/fees/", "fees && sleep",
    "fees || !", "<fees>", "'; DROP TABLE fees; --", "fees\n\tsleep", "fees\0sleep", "f̶e̶e̶s̶ fees",
    "🙂 fees 👩‍👩‍👧", "‮fees", "ﬀ fees", "*", '""', "AND OR NOT", "   ", "", "?!", "\ud800 fees",
    "a" * 5_000, "fees " * 400, "é" * 200, "position:0", "__all__",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_whatever_is_typed_is_words_and_never_syntax(tmp_path: Path, text: str) -> None:
    index = written(tmp_path, [row(t) for t in TEXTS])
    hits = found(index, text)
    words = {*analyse(text), *analyse(text, stem=False)}
    held = [n for n, one in enumerate(TEXTS) if words & {*analyse(one), *analyse(one, stem=False)}]
    assert sorted(hits) == held


def test_a_question_of_unknown_words_finds_nothing(tmp_path: Path) -> None:
    index = written(tmp_path, [row(text) for text in TEXTS])
    assert found(index, "xylophone zwitterion") == []


def test_english_is_found_by_its_stems_and_without_accents(tmp_path: Path) -> None:
    index = written(tmp_path, [row("She was worried about naïve exercises."), row("Nothing of the kind.")])
    for question in ("worry", "WORRYING", "naive exercise", "naïve"):
        assert found(index, question) == [0], question


def test_other_languages_are_found_by_their_own_words_alone(tmp_path: Path) -> None:
    rows = [row("Die Gebühren sind nach der Sitzung fällig.", language="de"), row("The sitting room.")]
    index = written(tmp_path, rows)
    assert found(index, "Gebühren") == [0]
    assert found(index, "gebuhren") == [0]
    assert index.frequency("gebuhr", "gebuhr") == 0  # no English ending is cut off a German word
    assert found(index, "sit") == [1]


@pytest.mark.parametrize(
    ("filters", "want"),
    [
        (Filters(), [0, 1, 2, 3]),
        (Filters(language="en"), [0, 1]),
        (Filters(language="EN-GB"), [1]),
        (Filters(language="zh-hant"), [3]),
        (Filters(language="zh"), [3]),
        (Filters(language="e"), []),
        (Filters(tags=("money",)), [0, 2]),
        (Filters(tags=("money", "grief")), [0, 1, 2]),
        (Filters(tags=("mon",)), []),
        (Filters(tags=("money",), language="en"), [0]),
        (Filters(document_id=("site/a.html", "b c")), [0, 1]),
        (Filters(document_id=("site",)), []),
        (Filters(document_id=('x" OR "a',), tags=("money",)), []),
    ],
)
def test_filters_let_through_what_they_say(tmp_path: Path, filters: Filters, want: list[int]) -> None:
    index = written(
        tmp_path,
        [
            row("fees", "site/a.html", "en", ("money",)),
            row("fees", "b c", "en-GB", ("grief", "Grief")),
            row("fees", "c", "de", ("money",)),
            row("fees", "d", "zh-Hant-TW"),
        ],
    )
    assert found(index, "fees", filters) == want


def test_a_filter_does_not_change_a_score(tmp_path: Path) -> None:
    index = written(tmp_path, [row(t, f"d{n}", tags=("x",) * (n % 2)) for n, t in enumerate(TEXTS)])
    question = ask(index, "fees and exams")
    free = {hit.position: hit.score for hit in index.retrieve(question, 10, Filters())}
    held = {hit.position: hit.score for hit in index.retrieve(question, 10, Filters(tags=("x",)))}
    assert held == {position: score for position, score in free.items() if position % 2}


def test_of_equal_scores_the_lower_position_comes_first_and_is_the_one_kept(tmp_path: Path) -> None:
    index = written(tmp_path, [row("the same words", f"d{n}") for n in range(300)])
    assert found(index, "words") == list(range(10))


def test_score_is_what_retrieve_gives_and_nothing_elsewhere(tmp_path: Path) -> None:
    index = written(tmp_path, [row(text) for text in TEXTS])
    question = ask(index, "fees")
    scores = index.score(question, range(len(TEXTS)))
    hits = {hit.position: hit.score for hit in index.retrieve(question, 10, Filters())}
    assert scores == pytest.approx([hits.get(position, 0.0) for position in range(len(TEXTS))])
    assert index.score(question, []) == []


def test_function_words_count_from_a_rarity_on_and_by_words_alone_not_at_all(tmp_path: Path) -> None:
    texts = ["The bell of the house.", "The fees of the house.", "The ramp is there before noon.", "The end."]
    index = written(tmp_path, [row(text) for text in texts])
    question = ask(index, "the fees before")

    def hits(weights: Weights) -> set[int]:
        return {hit.position for hit in index.retrieve(question, 10, Filters(), weights)}

    assert hits(BM25) == {0, 1, 2, 3}
    assert hits(WEIGHTS) == {1, 2}  # all have "the", one of four "before"
    assert hits(TELLING) == {1}


def test_a_rare_word_tells_more_than_a_common_one_and_a_function_word_nothing(tmp_path: Path) -> None:
    index = written(tmp_path, [row(text) for text in TEXTS])
    groups = ask(index, "the grief about fees").groups
    terms = {term.plain: term for group in groups for term in group.terms}
    assert [word for word, term in terms.items() if term.tells] == ["grief", "fees"]
    assert terms["grief"].rarity > terms["fees"].rarity > 0
    assert terms["grief"].rarity == pytest.approx(math.log(1 + 9.5 / 1.5))


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        lexical.write([row(t, f"d{n}", tags=("x",)) for n, t in enumerate(TEXTS * 30)], tmp_path / name)
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        contents.append([(p.relative_to(tmp_path / name), p.read_bytes()) for p in files])
    assert contents[0] == contents[1]


def test_opening_and_asking_leaves_the_files_as_they_are(tmp_path: Path) -> None:
    lexical.write([row(text) for text in TEXTS], tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert found(LexicalIndex(tmp_path), "fees")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_no_passages_at_all_is_an_index_too(tmp_path: Path) -> None:
    index = written(tmp_path, [])
    assert found(index, "fees") == []
    assert index.count == 0
