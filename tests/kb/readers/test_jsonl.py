import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import LimitError, ReadError
from kb.limits import Limits
from kb.readers.jsonl import document_from, read
from kb.types import Document, Refusal, Section

LIMITS = Limits()
SHARED = Path(__file__).parents[4] / "shared"


def lines(*records: object) -> bytes:
    return "\n".join(r if isinstance(r, str) else json.dumps(r) for r in records).encode()


def document(**record: object) -> Document:
    return document_from({"_id": "1", "text": "Sixty pounds."} | record, "fees.jsonl:1", LIMITS)


def reasons(data: bytes) -> list[tuple[str, str]]:
    items = read(data, "fees.jsonl", LIMITS)
    return [(item.source, item.reason) for item in items if isinstance(item, Refusal)]


def test_a_line_becomes_a_document_with_all_that_it_says() -> None:
    data = lines(
        {
            "_id": "fees",
            "title": "What it  costs",
            "text": "Sixty pounds.\n\n- cash\n- card\n",
            "metadata": {
                "url": "https://example.org/fees",
                "author": "Jane Example",
                "published": "2021-03-03",
                "modified": "2024",
                "license": "CC-BY-4.0",
                "language": "en_GB",
                "collection": "clinic",
                "tags": ["fees", "fees", " money "],
                "topic": {"depth": 2},
            },
        }
    )
    (found,) = read(data, "fees.jsonl", LIMITS)
    assert isinstance(found, Document)
    assert (found.id, found.collection, found.tags) == ("fees", "clinic", ("fees", "money"))
    assert found.text == "Sixty pounds.\n\n- cash\n- card\n"
    assert found.sections == (Section((), None, 0, len(found.text)),)
    assert found.metadata == {"topic": {"depth": 2}}
    said = found.attribution
    assert (said.title, said.source) == ("What it costs", "fees.jsonl:1")
    assert (said.url, said.author) == ("https://example.org/fees", "Jane Example")
    assert (said.published, said.modified, said.licence) == ("2021-03-03", "2024", "CC-BY-4.0")
    assert said.language == "en-gb"


def test_broken_lines_are_refused_by_number_and_the_rest_is_read() -> None:
    data = lines(
        {"_id": "a", "text": "one"},
        "{not json}",
        "",
        '["a list"]',
        {"_id": "b", "title": "no text"},
        {"_id": "c", "text": "  \n"},
        {"_id": "a", "text": "again"},
        {"text": "no id"},
        {"_id": "d", "text": 7},
        {"_id": "e", "text": "x", "metadata": {"tags": "fees"}},
        {"_id": "f", "text": "x", "metadata": {"url": "javascript:alert(1)"}},
        '{"_id": "g", "text": "x", "metadata": {"n": NaN}}',
        {"_id": "last", "text": "two"},
    )
    assert [d.id for d in read(data, "fees.jsonl", LIMITS) if isinstance(d, Document)] == ["a", "last"]
    assert reasons(data) == [
        (
            "fees.jsonl:2",
            "is not JSON: Expecting property name enclosed in double quotes at character 2",
        ),
        ("fees.jsonl:4", "is not a JSON object"),
        ("fees.jsonl:5", "has no text"),
        ("fees.jsonl:6", "has no text"),
        ("fees.jsonl:7", 'has the id "a", which line 1 has already'),
        ("fees.jsonl:8", "has no _id"),
        ("fees.jsonl:9", "text is not a string"),
        ("fees.jsonl:10", "metadata.tags is not a list of strings"),
        ("fees.jsonl:11", "metadata.url is not an http or https address"),
        ("fees.jsonl:12", "is not JSON: NaN is no number in JSON"),
    ]


def test_the_same_id_in_two_collections_is_two_documents() -> None:
    data = lines(
        {"_id": "a", "text": "x", "metadata": {"collection": "north"}},
        {"_id": "a", "text": "x", "metadata": {"collection": "south"}},
    )
    assert [item.collection for item in read(data, "x", LIMITS) if isinstance(item, Document)] == [
        "north",
        "south",
    ]


def test_the_text_is_stored_as_it_was_given() -> None:
    text = " one\r\n\r\ntwo\t\u200bthree\u2028 \ufeff\n"
    assert document(text=text).text == text


def test_what_no_store_can_keep_is_replaced_and_offsets_hold() -> None:
    (found,) = read(b'{"_id":"1","text":"a\\u0000b\\ud800c","metadata":{"k":["\\udfff"]}}', "x", LIMITS)
    assert isinstance(found, Document)
    assert found.text == "a\ufffdb\ufffdc"
    assert found.metadata == {"k": ["\ufffd"]}


def test_id_may_stand_for_underscore_id_and_be_a_number() -> None:
    assert document_from({"id": 12, "text": "x"}, "x:1", LIMITS).id == "12"
    assert document(id="other").id == "1"


@pytest.mark.parametrize("id", ["", None, True, 1.5, ["a"], "a\nb", "a\0b", "\ud800", " a", "x" * 513])
def test_an_id_that_cannot_be_one_is_refused(id: object) -> None:
    with pytest.raises(ReadError, match="_id"):
        document(_id=id)


def test_a_date_that_is_not_plain_stays_in_the_metadata() -> None:
    found = document(metadata={"published": "last spring", "modified": "March 3, 2020", "author": None})
    assert (found.attribution.published, found.attribution.modified) == (None, "2020-03-03")
    assert found.metadata == {"published": "last spring"}


@pytest.mark.parametrize("field", ["url", "author", "published", "licence", "language", "collection"])
def test_a_field_of_the_wrong_type_is_named(field: str) -> None:
    with pytest.raises(ReadError, match=rf"metadata\.{field} is not a string"):
        document(metadata={field: 5})


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(LimitError, match="text has more than 10 characters"):
        document_from({"_id": "1", "text": "x" * 11}, "x:1", Limits(characters=10))


def test_a_line_nested_too_deeply_is_refused() -> None:
    assert reasons(b"[" * 100_000) == [("fees.jsonl:1", "is nested too deeply")]


def test_a_line_in_another_encoding_is_refused() -> None:
    assert reasons(b'{"_id":"1","text":"caf\xe9"}') == [("fees.jsonl:1", "is not UTF-8 text")]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    data = b"\xef\xbb\xbf" + lines({"_id": "a", "text": "x"}, {"_id": "b", "text": "y"}).replace(
        b"\n", b"\r\n"
    )
    assert [item.id for item in read(data, "x", LIMITS) if isinstance(item, Document)] == ["a", "b"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["_id", "id", "title", "text", "metadata"])


@given(json_values | st.dictionaries(FIELDS, json_values))
def test_any_json_gives_a_document_or_a_reason(record: object) -> None:
    (item,) = read(json.dumps(record).encode(), "x.jsonl", LIMITS)
    assert isinstance(item, Document) or item.reason


@pytest.mark.skipif(not SHARED.exists(), reason="the shared evaluation sets are not here")
@pytest.mark.parametrize("name", ["medquad", "scifact-train", "counsel-chat", "xquad-de"])
def test_an_evaluation_corpus_is_read_whole_and_exact(name: str) -> None:
    data = (SHARED / "eval" / name / "corpus.jsonl").read_bytes()
    records = [json.loads(line) for line in data.decode().split("\n") if line]
    items = list(read(data, "corpus.jsonl", LIMITS))
    assert [item.text for item in items if isinstance(item, Document)] == [r["text"] for r in records]
