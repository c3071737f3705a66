from __future__ import annotations

import ast
import hashlib
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from kb import keys
from kb.errors import Damaged, NotFound, QueryError
from kb.keys import FILE_NAME, KeyRing, Keys, Rate


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def fresh(ring: KeyRing) -> KeyRing:
    """A ring that looks again now."""
    ring._look_at = 0.0
    return ring


def test_a_key_is_known_again_and_nothing_like_it_is(tmp_path: Path) -> None:
    key, token = Keys(tmp_path).create("search", "staff", origins=["https://a.example"], rate=Rate(5, 1))
    ring = KeyRing(tmp_path)
    assert ring.find(token) == key
    assert key.collection == "staff"
    assert key.rate == Rate(5, 1)
    for wrong in ("", "kb", f"kb_{key.id}", f"kb_{key.id}_", token[:-1], token + "a", token.upper(), "é_é_é"):
        assert ring.find(wrong) is None


def test_a_key_has_256_random_bits_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    made = [Keys(tmp_path).create("search", "default") for _ in range(20)]
    secret = {token.split("_", 2)[2] for _, token in made}
    assert len(secret) == 20
    assert {len(one) for one in secret} == {43}  # 256 bits, six a character
    kept = (tmp_path / FILE_NAME).read_bytes()
    for key, token in made:
        assert key.digest == hashlib.sha256(token.encode()).digest()
        assert key.digest in kept
        assert token.split("_", 2)[2].encode() not in kept


def test_a_revoked_key_is_refused_by_a_ring_that_knew_it(tmp_path: Path) -> None:
    held = Keys(tmp_path)
    key, token = held.create("search", "default")
    ring = KeyRing(tmp_path)
    assert ring.find(token)
    held.revoke(key.id)
    deadline = time.monotonic() + 1
    while ring.find(token) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ring.find(token) is None
    assert ring.any
    assert not ring.usable


def test_a_key_ends_when_it_was_to(tmp_path: Path) -> None:
    clock = Clock()
    _, token = Keys(tmp_path).create("search", "default", expires=keys.expiry("90d", clock.now))
    ring = KeyRing(tmp_path, clock)
    clock.now += 90 * 86400 - 10
    assert ring.find(token)
    clock.now += 20
    assert ring.find(token) is None


def test_a_rotated_key_and_its_successor_overlap(tmp_path: Path) -> None:
    clock = Clock()
    held = Keys(tmp_path)
    old, old_token = held.create("ingest", "staff", rate=Rate(60, 60), expires=int(clock.now) + 1000)
    new, new_token, ending = held.rotate(old.id, overlap=100)
    ring = KeyRing(tmp_path, clock)
    assert ring.find(old_token) == ending
    assert ring.find(new_token) == new
    assert (new.scope, new.collection, new.rate, new.replaces) == ("ingest", "staff", Rate(60, 60), old.id)
    assert new.expires is not None
    assert abs(new.expires - clock.now - 1000) < 5  # its lifetime begins anew
    clock.now += 110
    assert ring.find(old_token) is None
    assert ring.find(new_token)
    with pytest.raises(NotFound):
        held.rotate("nobody")
    held.revoke(new.id)
    with pytest.raises(QueryError, match="revoked"):
        held.rotate(new.id)


def test_a_file_of_keys_that_is_gone_leaves_the_service_closed(tmp_path: Path) -> None:
    _, token = Keys(tmp_path).create("search", "default")
    ring = KeyRing(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    assert fresh(ring).find(token) is None
    assert ring.any


def test_a_damaged_file_of_keys_is_told_and_opens_nothing(tmp_path: Path) -> None:
    _, token = Keys(tmp_path).create("search", "default")
    ring = KeyRing(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged, match="kb keys create"):
        fresh(ring).find(token)
    with pytest.raises(Damaged):
        KeyRing(tmp_path)


def test_what_a_killed_process_left_half_done_is_undone(tmp_path: Path) -> None:
    _, token = Keys(tmp_path).create("search", "default")
    left = sqlite3.connect(tmp_path / FILE_NAME)
    left.execute("PRAGMA cache_spill = 1")
    left.execute("BEGIN IMMEDIATE")
    left.execute("UPDATE keys SET revoked = 1")
    journal = (tmp_path / f"{FILE_NAME}-journal").read_bytes()
    left.commit()
    left.close()
    (tmp_path / f"{FILE_NAME}-journal").write_bytes(journal)
    KeyRing(tmp_path)  # whichever state it was in, it is read
    Keys(tmp_path).create("search", "default")
    assert token


def test_keys_that_are_made_at_once_are_all_there(tmp_path: Path) -> None:
    threads = [threading.Thread(target=Keys(tmp_path).create, args=("search", "a")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key.id for key in Keys(tmp_path).all()}) == 8


@pytest.mark.parametrize("text", ["60/min", "10/s", "1000/h", "5/d"])
def test_a_rate_is_written_as_it_is_read(text: str) -> None:
    assert str(keys.read_rate(text)) == text


@pytest.mark.parametrize("text", ["", "60", "0/min", "60/year", "-1/s", "a/s"])
def test_what_is_no_rate_is_told(text: str) -> None:
    with pytest.raises(QueryError, match="60/min"):
        keys.read_rate(text)


def test_a_time_is_a_span_or_a_day() -> None:
    assert keys.lifetime("90d") == 90 * 86400
    assert keys.expiry("12h", 1000.0) == 1000 + 12 * 3600
    assert keys.expiry("1970-01-02", 0.0) == 86400
    assert keys.expiry("3653d", 0.0) == 3653 * 86400
    with pytest.raises(QueryError, match="90d"):
        keys.expiry("next week", 0.0)


@pytest.mark.parametrize("text", ["0d", "0001-01-01", "1970-01-01", "3654d", "999999w", "9999-12-31"])
def test_a_key_that_would_be_over_or_last_for_ever_is_not_made(text: str) -> None:
    with pytest.raises(QueryError, match=f"--expires {text}.*ten years"):
        keys.expiry(text, 0.0)


def test_a_key_does_not_go_on_beside_its_successor_for_ever(tmp_path: Path) -> None:
    held = Keys(tmp_path)
    old, _ = held.create("search", "default")
    with pytest.raises(QueryError, match=r"--overlap: .* ten years"):
        held.rotate(old.id, keys.lifetime("999999w"))
    assert held.all() == [old]
    _, _, ending = held.rotate(old.id, overlap=0)
    assert ending.state(time.time()) == "expired"


def test_the_successor_of_a_key_that_lasts_for_ever_lasts_ten_years(tmp_path: Path) -> None:
    held = Keys(tmp_path)
    old, _ = held.create("search", "default", expires=keys.lifetime("999999w"))
    new, _, _ = held.rotate(old.id)
    assert new.expires is not None
    assert new.expires - new.created <= keys.LONGEST


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "a.example", "https://a.example/", "https://a.example:443", "ftp://a", "HTTPS://A.example"],
)
def test_what_is_no_origin_is_told(origin: str, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="origin"):
        Keys(tmp_path).create("search", "default", origins=[origin])


def test_what_is_kept_of_a_key_is_compared_in_constant_time_alone() -> None:
    nodes = list(ast.walk(ast.parse(Path(keys.__file__).read_text())))
    compared = [one for one in nodes if isinstance(one, ast.Compare) and "digest" in ast.unparse(one)]
    assert compared == []
    assert sum(isinstance(one, ast.Call) and ast.unparse(one.func) == "compare_digest" for one in nodes) == 1
