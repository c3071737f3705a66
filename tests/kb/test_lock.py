from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest

from kb.errors import KnowledgeBaseError, StorageFull, WriterBusy
from kb.lock import FILE_NAME, writing
from tests import small


def test_a_second_writer_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    with (
        writing(tmp_path),
        pytest.raises(WriterBusy, match=rf"process \(id {os.getpid()}\)"),
        writing(tmp_path),
    ):
        pass


def test_the_lock_is_free_again_when_its_holder_is_done(tmp_path: Path) -> None:
    for _ in range(2):
        with writing(tmp_path):
            pass


def test_the_lock_is_free_again_when_its_holder_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), writing(tmp_path):
        raise RuntimeError
    with writing(tmp_path):
        pass


def test_the_lock_dies_with_a_killed_holder(tmp_path: Path) -> None:
    reading, sending = os.pipe()
    child = os.fork()
    if child == 0:
        with writing(tmp_path):
            os.write(sending, b"held")
            time.sleep(60)
        os._exit(1)
    assert os.read(reading, 4) == b"held"
    with pytest.raises(WriterBusy, match=f"id {child}"), writing(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with writing(tmp_path):
        pass
    os.close(reading)
    os.close(sending)


def test_a_writer_that_waits_takes_over_when_the_other_is_done(tmp_path: Path) -> None:
    def hold() -> None:
        with writing(tmp_path):
            held.set()
            time.sleep(0.2)

    held = threading.Event()
    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    started = time.monotonic()
    with writing(tmp_path, wait=5):
        assert 0.05 < time.monotonic() - started < 2
    other.join()


def test_the_folder_is_made(tmp_path: Path) -> None:
    with writing(tmp_path / "clinic" / ".kb"):
        assert (tmp_path / "clinic" / ".kb" / FILE_NAME).exists()


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / ".kb").write_text("")
    with pytest.raises(KnowledgeBaseError, match="cannot be written"), writing(tmp_path / ".kb"):
        pass


def test_the_lock_holds_where_there_is_no_room_for_a_name_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with writing(tmp_path), pytest.raises(WriterBusy), writing(tmp_path):
        pass


def test_a_folder_that_may_not_be_written_is_told_as_a_disk_that_takes_nothing() -> None:
    with tempfile.TemporaryDirectory(dir=small.quick_folder()) as name:
        Path(name).chmod(0o555)
        assert small.in_child(lambda: _refused_to_nobody(Path(name))) == 0


def _refused_to_nobody(data: Path) -> None:
    small.become_nobody()
    with pytest.raises(StorageFull, match="Permission denied"), writing(data):
        pass
