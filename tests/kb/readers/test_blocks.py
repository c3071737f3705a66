from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kb.readers.blocks import Block, Kind, compose
from kb.types import Attribution, Document


def composed(*blocks: Block) -> Document:
    return compose(blocks, id="fees.md", collection="", attribution=Attribution("Fees", "fees.md"))


def heading(text: str, level: int, anchor: str | None = None) -> Block:
    return Block(text, Kind.HEADING, level=level, anchor=anchor)


def test_sections_hold_the_text_and_not_the_heading() -> None:
    document = composed(heading("Fees", 1), Block("Sixty pounds."), Block("Less for students."))
    (section,) = document.sections
    assert document.text == "Fees\n\nSixty pounds.\n\nLess for students."
    assert document.text[section.start : section.end] == "Sixty pounds.\n\nLess for students."
    assert section.headings == ("Fees",)


def test_headings_nest_by_their_level() -> None:
    document = composed(
        *(heading("Fees", 1), Block("a.")),
        *(heading("Couples", 3), Block("b.")),
        *(heading("Insurance", 2), Block("c.")),
    )
    assert [section.headings for section in document.sections] == [
        ("Fees",),
        ("Fees", "Couples"),
        ("Fees", "Insurance"),
    ]


def test_a_section_without_an_anchor_has_its_parents() -> None:
    document = composed(heading("Fees", 1, "fees"), heading("Couples", 2), Block("Ninety pounds."))
    assert document.sections[0].anchor == "fees"


def test_a_heading_with_nothing_below_it_is_text() -> None:
    document = composed(heading("Call us", 2), heading("Fees", 2), Block("Sixty."), heading("Goodbye", 1))
    assert [document.text[s.start : s.end] for s in document.sections] == ["Call us", "Sixty.\n\nGoodbye"]


def test_items_and_rows_follow_as_lines() -> None:
    document = composed(
        Block("- a", Kind.ITEM),
        Block("- b", Kind.ITEM),
        Block("h | k", Kind.HEADER),
        Block("1 | 2", Kind.ROW),
    )
    assert document.text == "- a\n- b\n\nh | k\n1 | 2"
    (table,) = document.tables
    assert document.text[table.start : table.body] == "h | k\n"
    assert document.text[table.body : table.end] == "1 | 2"


def test_a_page_with_nothing_on_it_begins_where_the_next_does() -> None:
    document = composed(Block("one", page=1), Block("three", page=3))
    assert document.pages == (0, 5, 5)


blocks = st.builds(
    Block,
    text=st.text(min_size=0, max_size=30),
    kind=st.sampled_from(Kind),
    level=st.integers(1, 6),
    anchor=st.none() | st.text(min_size=1, max_size=5),
    page=st.none(),
)


@given(st.lists(blocks, max_size=20))
def test_sections_are_in_order_apart_and_inside_the_text(given_blocks: list[Block]) -> None:
    document = composed(*given_blocks)
    end = 0
    for section in document.sections:
        assert end <= section.start < section.end <= len(document.text)
        assert document.text[section.start : section.end].strip()
        end = section.end


@given(st.lists(blocks, max_size=20))
def test_every_block_is_in_the_text_in_order(given_blocks: list[Block]) -> None:
    document = composed(*given_blocks)
    at = 0
    for block in given_blocks:
        at = document.text.index(block.text.strip(), at) + len(block.text.strip())
    assert at == len(document.text)


@given(st.lists(blocks, max_size=20))
def test_every_character_that_is_no_heading_is_in_a_section(given_blocks: list[Block]) -> None:
    document = composed(*given_blocks)
    within = {i for section in document.sections for i in range(section.start, section.end)}
    outside = Counter("".join(c for i, c in enumerate(document.text) if i not in within).split())
    headings = Counter(word for b in given_blocks if b.kind is Kind.HEADING for word in b.text.split())
    assert outside <= headings


@given(st.lists(blocks, max_size=20))
def test_tables_are_whole_lines_with_their_header_before_their_rows(given_blocks: list[Block]) -> None:
    document = composed(*given_blocks)
    end = 0
    for table in document.tables:
        assert end <= table.start < table.body <= table.end
        end = table.end


@given(st.lists(st.tuples(st.text(alphabet="ab", min_size=1), st.integers(1, 5)), max_size=9))
def test_pages_begin_in_order(texts: list[tuple[str, int]]) -> None:
    numbers = sorted(page for _, page in texts)
    document = composed(*(Block(text, page=page) for (text, _), page in zip(texts, numbers, strict=True)))
    assert list(document.pages) == sorted(document.pages)
    assert len(document.pages) == max(numbers, default=0)
