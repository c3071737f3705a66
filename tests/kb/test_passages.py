from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.passages import cut, embedded_text
from kb.readers.blocks import Block, Kind, compose
from kb.types import Attribution, Document

WINDOW = 60


def words_and_two(texts: Sequence[str]) -> list[int]:
    """A tokenizer whose tokens are words, with two special ones around them."""
    return [len(text.split()) + 2 for text in texts]


def document(*blocks: Block, title: str = "Fees") -> Document:
    return compose(
        blocks, id="site/fees.html", collection="default", attribution=Attribution(title, "fees.html")
    )


def paragraph(words: int, word: str = "word") -> Block:
    return Block(" ".join([word] * (words - 1)) + " end.")


def assert_whole(text: str, sentences: Sequence[tuple[int, int]]) -> None:
    """Sentences leave out nothing but white space, and stand apart from one another."""
    at = 0
    for start, end in sentences:
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        at = end
    assert text[at:].strip() == ""


def texts(page: Document, window: int = 300) -> list[str]:
    return [page.text[p.start : p.end] for p in cut(page, words_and_two, window)]


def test_a_short_section_is_one_passage() -> None:
    page = document(Block("One thing. Another thing."), Block("A third."))
    assert texts(page) == ["One thing. Another thing.\n\nA third."]


def test_a_passage_knows_its_sentences_by_their_places_in_it() -> None:
    page = document(Block("Before.", Kind.HEADING, 1), Block("One thing. Another thing."), Block("A third."))
    (passage,) = cut(page, words_and_two, 300)
    text = page.text[passage.start : passage.end]
    assert [text[a:b] for a, b in passage.sentences] == ["One thing.", "Another thing.", "A third."]


def test_no_passage_crosses_a_heading_and_none_is_a_heading() -> None:
    page = document(
        Block("Fees", Kind.HEADING, 1),
        Block("A session is 80."),
        Block("Cancelling", Kind.HEADING, 2),
        Block("Give two days."),
    )
    assert texts(page) == ["A session is 80.", "Give two days."]
    assert [p.context for p in cut(page, words_and_two, 300)] == ["Fees", "Fees\nCancelling"]


def test_a_long_section_is_cut_between_paragraphs_near_the_ideal_length() -> None:
    page = document(*[paragraph(65) for _ in range(4)])
    assert [len(text.split()) for text in texts(page)] == [130, 130]


def test_a_small_neighbour_joins_rather_than_stand_alone() -> None:
    page = document(paragraph(120), paragraph(6))
    assert len(texts(page)) == 1


def test_what_opens_a_list_stays_with_the_list() -> None:
    items = [Block("- " + " ".join(["item"] * 29), Kind.ITEM) for _ in range(4)]
    page = document(paragraph(100), Block("You may bring these along:"), *items)
    assert not any(text.endswith(":") for text in texts(page))


def test_rows_that_stand_without_their_header_have_it_before_them() -> None:
    rows = [Block(f"Service {n} | " + "x " * 20 + "| 80", Kind.ROW) for n in range(20)]
    page = document(Block("Service | What | Price", Kind.HEADER), *rows)
    passages = cut(page, words_and_two, 300)
    assert len(passages) > 1
    assert page.text[passages[0].start :].startswith("Service | What | Price\nService 0")
    assert all(p.context == "Fees\nService | What | Price" for p in passages[1:])


def test_a_sentence_longer_than_the_window_is_cut_between_words() -> None:
    page = document(Block(" ".join(f"w{n}" for n in range(500))))
    assert all(len(text.split()) <= WINDOW for text in texts(page, WINDOW))
    assert " ".join(texts(page, WINDOW)) == page.text


def test_a_passage_keeps_its_id_when_another_one_changes() -> None:
    before = document(
        Block("One", Kind.HEADING, 1), Block("Same words."), Block("Two", Kind.HEADING, 1), Block("Old.")
    )
    after = document(
        Block("One", Kind.HEADING, 1), Block("Same words."), Block("Two", Kind.HEADING, 1), Block("New.")
    )
    first, second = (cut(page, words_and_two, 300) for page in (before, after))
    assert first[0].id == second[0].id
    assert first[1].id != second[1].id


def test_the_same_words_twice_are_two_passages() -> None:
    page = document(
        Block("A", Kind.HEADING, 1), Block("Ring us."), Block("B", Kind.HEADING, 1), Block("Ring us.")
    )
    assert len({p.id for p in cut(page, words_and_two, 300)}) == 2


def test_every_passage_knows_its_page() -> None:
    page = document(Block("One.", page=1), Block("H", Kind.HEADING, 1, page=2), Block("Two.", page=2))
    assert [p.page for p in cut(page, words_and_two, 300)] == [1, 2]


BLOCKS = st.lists(
    st.builds(
        Block,
        text=st.text(alphabet=st.sampled_from("ab .!?\n|-é日😀"), min_size=1, max_size=400),
        kind=st.sampled_from(list(Kind)),
        level=st.integers(1, 4),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(BLOCKS)
def test_passages_are_slices_in_order_that_leave_out_nothing_of_a_section(blocks: list[Block]) -> None:
    page = document(*blocks)
    passages = cut(page, words_and_two, WINDOW)
    assert len({p.id for p in passages}) == len(passages)
    for number, section in enumerate(page.sections):
        own = [p for p in passages if p.section == number]
        at = section.start
        for passage in own:
            assert at <= passage.start < passage.end <= section.end
            assert page.text[at : passage.start].strip() == ""
            text = page.text[passage.start : passage.end]
            assert words_and_two([embedded_text(passage.context, text)])[0] <= WINDOW
            assert_whole(text, passage.sentences)
            at = passage.end
        assert page.text[at : section.end].strip() == ""
