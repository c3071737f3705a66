import codecs
import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ReadError
from kb.readers.encoding import clean, decode

GERMAN = (
    "Die Therapie für Ängste übernimmt häufig die Krankenkasse. Müssen Sie verschieben, rufen Sie früh an. "
    "Gebühren können anfallen: fünfzig Euro für verspätete Absagen."
)
ENGLISH = (
    "It’s important to know that “therapy” costs £50 – or €60 – a session. I’m here to help you, and we’ll "
    "work on it together for as long as you like."
)
POLISH = (
    "Psychoterapia pomaga w leczeniu lęku i depresji. Proszę zadzwonić wcześniej, żeby odwołać wizytę. "
    "Opłata wynosi sto złotych za późne odwołanie."
)
RUSSIAN = (
    "Психотерапия помогает при тревоге и депрессии. Позвоните заранее, чтобы отменить встречу. "
    "Сколько стоит приём и как его оплатить?"
)
JAPANESE = (
    "心理療法は不安やうつに役立ちます。キャンセルは二十四時間前までにお電話ください。費用はいくらですか。"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_english_with_curly_quotes_is_read_in_any_encoding_an_editor_saves(encoding: str) -> None:
    assert decode(ENGLISH.encode(encoding)) == ENGLISH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (GERMAN, "iso8859-15"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE * 2, "shift_jis"),
        (JAPANESE * 2, "euc_jp"),
    ],
)
def test_an_older_encoding_is_told_by_its_look(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_below_a_hundred_bytes_the_commonest_encoding_is_taken() -> None:
    assert decode("Café – 50 €".encode("cp1252")) == "Café – 50 €"


def test_what_decodes_as_utf8_is_never_guessed() -> None:
    assert decode("Ã© stays as it is".encode()) == "Ã© stays as it is"


def test_a_declared_encoding_is_used() -> None:
    assert decode(GERMAN.encode("cp1252"), "ISO-8859-1") == GERMAN
    assert decode(RUSSIAN.encode("cp1251"), "windows-1251") == RUSSIAN
    assert decode(JAPANESE.encode("iso2022_jp"), "iso-2022-jp") == JAPANESE


def test_utf8_beats_a_single_byte_encoding_that_was_declared_by_mistake() -> None:
    assert decode(ENGLISH.encode(), "iso-8859-1") == ENGLISH


@pytest.mark.parametrize(
    "declared", ["no-such-encoding", "rot13", "zlib", "utf-7", "unicode_escape", "\0", ""]
)
def test_a_declared_encoding_that_is_none_is_passed_over(declared: str) -> None:
    assert decode(ENGLISH.encode(), declared) == ENGLISH


def test_a_byte_order_mark_beats_what_is_declared() -> None:
    assert decode(codecs.BOM_UTF16_LE + GERMAN.encode("utf-16-le"), "utf-8") == GERMAN


def test_one_paragraph_pasted_from_elsewhere_does_not_spoil_the_rest() -> None:
    data = (ENGLISH + "\n\n").encode() * 3 + b"caf\xe9 \x96 closed"
    assert decode(data) == (ENGLISH + "\n\n") * 3 + "café – closed"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3,
        b"\x7fELF" + b"\0" * 400,
        b"\0" * 100,
        bytes(range(256)),
    ],
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError, match="is binary, not text"):
        decode(data)


def test_random_bytes_are_refused_or_text_but_nothing_else() -> None:
    for _ in range(50):
        with pytest.raises(ReadError):
            decode(os.urandom(3000))


def test_a_stray_nul_is_stripped_from_text() -> None:
    assert decode(b"therapy helps\0 most people") == "therapy helps most people"


def test_every_kind_of_line_break_becomes_one() -> None:
    assert clean("a\r\nb\rc\x0bd\x0ce\u2028f\u0085g") == "a\nb\nc\nd\ne\nf\ng"


def test_words_hidden_in_zero_width_and_direction_marks_are_laid_open() -> None:
    assert clean("\ufeffther\u200bapy \u202eworks\u2069\u00ad \U000e0041now") == "therapy works now"


def test_joiners_stay_where_they_mean_something() -> None:
    assert clean("👩\u200d⚕️ می\u200cروم") == "👩\u200d⚕️ می\u200cروم"
    assert clean("the\u200drapy\u200c") == "therapy"


@given(st.text())
def test_cleaning_twice_is_cleaning_once_and_always_storable(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode()
    assert "\0" not in cleaned
    assert "\r" not in cleaned


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_reason(data: bytes) -> None:
    with contextlib.suppress(ReadError):
        decode(data).encode()
