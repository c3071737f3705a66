import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.limits import MEGABYTE, Limits
from kb.readers import worker as module
from kb.readers.read import read
from kb.readers.worker import Worker
from kb.types import Attribution, Document, Refusal, Section, Table

LIMITS = Limits()
ROOT = Path(__file__).parents[3]

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limits differ here")


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker(LIMITS) as worker:
        yield worker


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "grief.txt"
    path.write_text("Grief\n\nGrief is a natural response to loss, and it takes many forms.\n")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two megabytes of documents, which take a reader a while."""
    path = tmp_path / "corpus.jsonl"
    lines = (json.dumps({"_id": str(i), "text": "Talking helps. " * 10}) for i in range(12_000))
    path.write_text("\n".join(lines))
    return path


def pid_of(worker: Worker) -> int:
    assert worker._child is not None
    return worker._child._process.pid


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def test_a_worker_gives_what_the_reader_gives(worker: Worker, page: Path) -> None:
    (here,) = read(page.read_bytes(), "site/grief.txt", LIMITS)
    (there,) = worker.read(page, "site/grief.txt")
    assert there == here
    assert isinstance(there, Document)
    assert there.sections[0].headings == ("Grief",)


def test_one_child_reads_many_files(worker: Worker, page: Path, corpus: Path) -> None:
    list(worker.read(page, "grief.txt"))
    first = pid_of(worker)
    assert sum(isinstance(item, Document) for item in worker.read(corpus, "corpus.jsonl")) == 12_000
    list(worker.read(page, "grief.txt"))
    assert pid_of(worker) == first


def test_a_document_survives_the_way_whole() -> None:
    document = Document(
        id="a/ü",
        collection="",
        text="half \ud800 a pair, \udfff and \U0001f600 \0 \u2028",
        sections=(Section(("A", "B"), "b", 0, 4), Section((), None, 4, 9)),
        attribution=Attribution("T", "a", published="2020-01-01"),
        tables=(Table(0, 2, 4),),
        pages=(0, 3),
        tags=("x", "y"),
        metadata={"n": [1, 2.5, None, True, {"k": "\ud83d"}]},
    )
    refusal = Refusal("a", "is \udc80 odd")
    for item in (document, refusal):
        message = json.dumps(module._message(item), ensure_ascii=False).encode("utf-8", "surrogatepass")
        assert module._item(module._loaded(message)) == item


def test_a_file_that_is_gone_is_refused(worker: Worker, tmp_path: Path) -> None:
    (item,) = worker.read(tmp_path / "gone.txt", "gone.txt")
    assert item == Refusal("gone.txt", "cannot be opened (No such file or directory)")


def test_a_link_or_a_pipe_in_place_of_the_file_is_refused(worker: Worker, page: Path, tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(page)
    os.mkfifo(tmp_path / "pipe.txt")
    (link,) = worker.read(tmp_path / "link.txt", "link.txt")
    (pipe,) = worker.read(tmp_path / "pipe.txt", "pipe.txt")
    assert isinstance(link, Refusal)
    assert pipe == Refusal("pipe.txt", "is not a regular file")


def test_a_name_in_no_known_encoding_is_read(worker: Worker, page: Path, tmp_path: Path) -> None:
    try:
        odd = page.rename(tmp_path / os.fsdecode(b"caf\xe9.txt"))
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    (item,) = worker.read(odd, "cafe.txt")
    assert isinstance(item, Document)


def test_a_file_that_takes_too_much_time_is_refused_and_the_next_is_read(corpus: Path, page: Path) -> None:
    with Worker(Limits(parse_cpu=0.05)) as worker:
        *_, last = worker.read(corpus, "corpus.jsonl")
        assert last == Refusal("corpus.jsonl", "took longer than 0.05 s to read")
    with Worker(Limits(parse_cpu=1)) as worker:
        for _ in range(3):
            assert isinstance(next(iter(list(worker.read(page, "grief.txt")))), Document)


def test_time_is_counted_for_each_file_anew(page: Path) -> None:
    with Worker(Limits(parse_cpu=0.5)) as worker:
        for _ in range(200):
            assert isinstance(next(iter(list(worker.read(page, "grief.txt")))), Document)


def test_a_file_that_is_waited_for_too_long_is_refused(page: Path) -> None:
    with Worker(Limits(parse_wall=0.001)) as worker:
        (item,) = worker.read(page, "grief.txt")
        assert item == Refusal("grief.txt", "took longer than 0.001 s to read")


@linux_only
def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_is_read(
    tmp_path: Path, page: Path
) -> None:
    large = tmp_path / "large.txt"
    large.write_text("Grief takes time.\n\n" * 1_000_000)
    limits = Limits(parse_memory=160 * MEGABYTE, characters=50_000_000)
    with Worker(limits) as worker:
        (item,) = worker.read(large, "large.txt")
        assert item == Refusal("large.txt", "needs more than 160 MB to read")
        (item,) = worker.read(page, "grief.txt")
        assert isinstance(item, Document)


def test_a_reader_that_crashes_is_a_refusal_and_is_replaced(worker: Worker, page: Path, corpus: Path) -> None:
    items = worker.read(corpus, "corpus.jsonl")
    next(items)
    os.kill(pid_of(worker), signal.SIGSEGV)
    *_, last = items
    assert last == Refusal("corpus.jsonl", "its reader crashed")
    (item,) = worker.read(page, "grief.txt")
    assert isinstance(item, Document)


def test_a_child_that_died_while_idle_is_replaced(worker: Worker, page: Path) -> None:
    list(worker.read(page, "grief.txt"))
    os.kill(pid_of(worker), signal.SIGKILL)
    time.sleep(0.1)
    (item,) = worker.read(page, "grief.txt")
    assert isinstance(item, Document)


def test_documents_left_unread_do_not_turn_up_in_the_next_file(
    worker: Worker, page: Path, corpus: Path
) -> None:
    items = worker.read(corpus, "corpus.jsonl")
    next(items)
    items.close()
    (item,) = worker.read(page, "grief.txt")
    assert isinstance(item, Document)
    assert item.id == "grief.txt"


def test_a_slow_taker_is_not_taken_for_a_slow_reader(corpus: Path) -> None:
    with Worker(Limits(parse_wall=2)) as worker:
        items = worker.read(corpus, "corpus.jsonl")
        next(items)
        time.sleep(2.2)
        assert all(isinstance(item, Document) for item in items)


def test_closing_ends_the_child(page: Path) -> None:
    worker = Worker(LIMITS)
    list(worker.read(page, "grief.txt"))
    pid = pid_of(worker)
    worker.close()
    assert not is_running(pid)


@linux_only
def test_the_child_knows_nothing_of_the_parents_secrets(
    worker: Worker, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_SECRET", "canary")
    list(worker.read(page, "grief.txt"))
    assert b"canary" not in Path(f"/proc/{pid_of(worker)}/environ").read_bytes()
    limits = Path(f"/proc/{pid_of(worker)}/limits").read_text().splitlines()
    assert any(line.split()[:4] == ["Max", "address", "space", str(LIMITS.parse_memory)] for line in limits)


def test_a_killed_parent_leaves_no_orphan(page: Path) -> None:
    code = (
        "import pathlib, sys, time; from kb.limits import Limits; from kb.readers.worker import Worker\n"
        "w = Worker(Limits()); list(w.read(pathlib.Path(sys.argv[1]), 'x.txt'))\n"
        "print(w._child._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(page)], stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    until = time.monotonic() + 5
    while is_running(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_running(child)


def test_a_parent_that_once_held_much_memory_does_not_wear_its_children_out(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Talking helps most people, and it takes time.")
    code = (
        "import sys; from pathlib import Path; from kb.limits import Limits; "
        "from kb.readers.worker import Worker; held = bytearray(500 * 1024 * 1024); held[::4096] = "
        "b'x' * len(held[::4096]); del held; worker = Worker(Limits()); page = Path(sys.argv[1]); "
        "pids = [(list(worker.read(page, 'page.txt')), worker._child and worker._child._process.pid)[1] "
        "for _ in range(3)]; worker.close(); print(len(set(pids)), None in pids)"
    )
    command = [sys.executable, "-c", code, str(page)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert ran.stdout.split() == ["1", "False"]
