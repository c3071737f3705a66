from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from tests.conftest import KB, Run
from tests.practice import QUESTIONS

TORCH = ("torch", "transformers", "sentence_transformers", "onnx", "optimum")


def told(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """The command ended with this code, and said these words on stderr without a traceback."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def at_once(kb: Run, home: Path, commands: Sequence[Sequence[str]]) -> list[subprocess.CompletedProcess[str]]:
    """Runs the commands beside one another; gives them in their order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda command: kb(*command, home=home), commands))


def write_lines(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    return path


# -- init


def test_init_writes_a_file_that_is_read_back_and_says_what_comes_next(kb: Run, tmp_path: Path) -> None:
    told(kb("init", "new/base", home=tmp_path), 0, "kb ingest")
    told(kb("status", "--home", tmp_path / "new" / "base"), 3, "kb ingest")


def test_init_leaves_what_is_there_as_it_is(kb: Run, tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text("# mine\n")
    told(kb("init", tmp_path), 2, "kb.toml")
    assert (tmp_path / "kb.toml").read_text() == "# mine\n"


def test_init_where_a_file_is_in_the_way_is_one_line(kb: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = kb("init", tmp_path / "file")
    told(done, 1)
    assert len(done.stderr.splitlines()) == 1


# -- ingest


def test_ingest_again_changes_nothing_and_embeds_nothing(kb: Run, home: Path) -> None:
    report = json.loads(kb("ingest", "site", "notes.jsonl", "--json", home=home).stdout)
    assert report.keys() == {
        "added", "updated", "unchanged", "removed", "refused", "passages", "embedded", "seconds", "generation"
    }  # fmt: skip
    assert (report["added"], report["updated"], report["removed"], report["embedded"]) == (0, 0, 0, 0)
    assert report["unchanged"] == 8
    assert report["refused"] == []
    again = json.loads(kb("ingest", "site", "notes.jsonl", "--json", home=home).stdout)
    assert again["generation"] == report["generation"]


def test_ingest_without_a_source_takes_those_of_the_configuration(kb: Run, home: Path) -> None:
    done = kb("ingest", home=home)
    assert done.returncode == 0
    assert "unchanged 4" in done.stdout


def test_what_is_refused_is_listed_and_the_rest_is_kept(kb: Run, home: Path) -> None:
    bad = home / "bad"
    bad.mkdir()
    (bad / "empty.txt").write_text("")
    (bad / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (bad / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (bad / "broken.docx").write_bytes(b"PK\x03\x04nothing")
    (bad / "picture.png").write_bytes(b"\x89PNG")
    (bad / "good.txt").write_text("Owls\n\nOwls sing at midnight, and nobody knows why they do so.\n")
    (bad / "lines.jsonl").write_text(
        '{"_id": "one", "text": "The first line is good."}\nnot json\n{"_id": "two"}\n'
        '{"_id": "one", "text": "The id is used twice."}\n'
    )
    (bad / "line\nbreak\x1b[31m.txt").write_text("")
    done = kb("ingest", "bad", "--json", home=home)
    told(done, 1, "bad/empty.txt", "bad/binary.txt", "bad/broken.pdf", "bad/broken.docx")
    told(done, 1, "bad/lines.jsonl:2", "bad/lines.jsonl:3", "bad/lines.jsonl:4")
    assert "\x1b" not in done.stderr
    report = json.loads(done.stdout)
    assert report["added"] == 2
    assert all(refusal["reason"] for refusal in report["refused"])
    assert len(done.stderr.splitlines()) == len(report["refused"])
    assert "owls" in kb("search", "owls at midnight", home=home).stdout.lower()


def test_a_source_that_is_not_there_is_said(kb: Run, home: Path) -> None:
    done = kb("ingest", "nowhere", home=home)
    told(done, 1, "nowhere")


def test_a_file_gone_from_its_folder_goes_from_the_index(kb: Run, home: Path) -> None:
    (home / "site" / "waiting room.txt").unlink()
    report = json.loads(kb("ingest", "site", "--json", home=home).stdout)
    assert report["removed"] == 1
    assert "waiting room" not in kb("search", "is there parking", home=home).stdout


def test_where_most_files_are_gone_nothing_goes_unless_it_is_asked_for(kb: Run, home: Path) -> None:
    shutil.rmtree(home / "site")
    (home / "site").mkdir()
    told(kb("ingest", "site", home=home), 1, "--prune")
    assert json.loads(kb("ingest", "site", "--prune", "--json", home=home).stdout)["removed"] == 4


# -- search


def test_a_question_is_answered_with_where_it_is_from(kb: Run, practice: Path) -> None:
    done = kb("search", "how much does a session cost", "--limit", "2", home=practice)
    told(done, 0)
    assert done.stderr == ""
    assert "1. Fees › Single sessions" in done.stdout
    assert "A session of 50 minutes is 80 pounds." in done.stdout
    assert "https://practice.example/fees#" in done.stdout
    assert "3. " not in done.stdout


def test_json_is_the_body_of_the_http_answer(kb: Run, practice: Path, client: object) -> None:
    done = kb("search", "can't sleep before exams", "--json", home=practice)
    over_http = client.post("/v1/search", json={"query": "can't sleep before exams"}).json()  # type: ignore[attr-defined]
    assert {**json.loads(done.stdout), "took_ms": 0} == {**over_http, "took_ms": 0}


WRONG_USES: tuple[tuple[list[str], int, str], ...] = (
    ([], 2, "question"),
    (["", "--json"], 2, "empty"),
    (["   "], 2, "empty"),
    (["x" * 513], 2, "512"),
    (["fees", "--limit", "0"], 2, "limit"),
    (["fees", "--limit", "10000"], 2, "limit"),
    (["fees", "--limit", "ten"], 2, "limit"),
    (["fees", "--mode", "fuzzy"], 2, "hybrid"),
    (["fees", "--collection", "nowhere"], 2, "no collection named nowhere; there are: default, staff"),
    (["fees", "--home", "/no/such/folder"], 3, "kb init"),
    (["fees", "--home", "/dev/null"], 3, "kb init"),
    (["fees", "--querry", "x"], 2, "querry"),
    (["fees", "more"], 2, "more"),
    (["--queries", "/no/such/file", "--run", "/dev/null"], 2, "/no/such/file"),
    (["--queries", "/", "--run", "/dev/null"], 2, "cannot be read"),
    (["--queries", "notes.jsonl"], 2, "--run"),
    (["--queries", "notes.jsonl", "--run", "/no/such/folder/run"], 1, "cannot be written"),
)


def test_wrong_use_is_one_message_and_its_code(kb: Run, practice: Path) -> None:
    commands = [["search", *arguments] for arguments, _, _ in WRONG_USES]
    for done, (_, code, words) in zip(at_once(kb, practice, commands), WRONG_USES, strict=True):
        told(done, code, words)
        assert done.stdout == ""


def test_no_question_is_too_odd(kb: Run, practice: Path) -> None:
    odd = ("the of and", "😀", "睡眠", '"fees" AND -x OR title:(y)', "--", "\udcff\udcfe fees")
    for done in at_once(kb, practice, [["search", "--json", "--", question] for question in odd]):
        told(done, 0)


def test_outside_of_a_knowledge_base_the_way_in_is_said(kb: Run, tmp_path: Path) -> None:
    commands = [["search", "fees"], ["status"], ["verify"], ["index"], ["serve"], ["ingest", "x"]]
    for done in at_once(kb, tmp_path, commands):
        told(done, 3, "kb init")


def test_the_nearest_knowledge_base_above_goes_before_the_environments(
    kb: Run, practice: Path, tmp_path: Path
) -> None:
    (tmp_path / "kb.toml").write_text("")
    environment = {"KB_HOME": str(practice)}
    told(kb("search", "fees", home=practice / "site", environment={"KB_HOME": str(tmp_path)}), 0)
    told(kb("search", "fees", home=tmp_path, environment=environment), 3, "kb ingest")
    told(kb("search", "fees", home=Path("/"), environment=environment), 0)


def test_control_characters_of_a_document_do_not_reach_the_terminal(kb: Run, home: Path) -> None:
    evil = {
        "_id": "evil\u202e",
        "title": "Red \x1b[31m and \x07 bell [bold]",
        "text": "Walruses \x1b]0;owned\x07 sing [link=http://x]here[/link] \x9b31m.",
        "metadata": {"url": "https://practice.example/\x1b[2J"},
    }
    assert kb("ingest", write_lines(home / "evil.jsonl", evil), home=home).returncode in (0, 1)
    done = kb("search", "do walruses sing", home=home)
    told(done, 0)
    assert "Walruses" in done.stdout
    assert "[link=http://x]here[/link]" in done.stdout
    assert not [c for c in done.stdout if c != "\n" and not c.isprintable()]


def test_a_reader_that_goes_away_early_gets_no_traceback(practice: Path) -> None:
    command = f"{KB} search --json fees | true"
    done = subprocess.run(command, shell=True, cwd=practice, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr


# -- batches


def test_a_batch_writes_a_run_and_answers_and_goes_on_after_bad_questions(kb: Run, home: Path) -> None:
    (home / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "how much does a session cost"}\n'
        "\n"
        '{"_id": "q2", "text": ""}\n'
        f'{{"_id": "q3", "text": "{"x" * 513}"}}\n'
        "not json\n"
        '{"_id": "q4", "text": "fees", "metadata": {"collection": "nowhere"}}\n'
        '{"_id": "q5", "text": "fees", "metadata": ["staff"]}\n'
        '{"_id": "two words", "text": "fees"}\n'
        '{"_id": "q6", "text": "what is the alarm code", "metadata": {"collection": "staff"}}\n'
        '{"_id": "q7", "text": "is there parking"}\n'
    )
    done = kb("search", "--queries", "queries.jsonl", "--run", "run.trec", "--answers", "a.jsonl", home=home)
    told(done, 1, "line 3", "line 4", "line 5", "line 6", "line 7", "line 8")
    assert len(done.stderr.splitlines()) == 6
    rows = [line.split() for line in (home / "run.trec").read_text().splitlines()]
    assert {len(row) for row in rows} == {6}
    assert list(dict.fromkeys(row[0] for row in rows)) == ["q1", "q6", "q7"]
    first = {row[0]: row[2] for row in reversed(rows)}
    assert first == {"q1": "site/fees.md", "q6": "staff-1", "q7": "site/waiting%20room.txt"}
    for query in ("q1", "q7"):
        ranked = [(int(row[3]), float(row[4]), row[2]) for row in rows if row[0] == query]
        assert [rank for rank, _, _ in ranked] == list(range(1, len(ranked) + 1))
        assert [score for _, score, _ in ranked] == sorted((score for _, score, _ in ranked), reverse=True)
        assert len({document for _, _, document in ranked}) == len(ranked)
    answers = [json.loads(line) for line in (home / "a.jsonl").read_text().splitlines()]
    assert [answer["_id"] for answer in answers] == ["q1", "q6", "q7"]
    assert answers[0]["results"][0]["document_id"] == "site/fees.md"


def test_a_batch_takes_a_limit_above_that_of_a_request(kb: Run, home: Path) -> None:
    queries = write_lines(
        home / "q.jsonl", *({"_id": f"q{n}", "text": text} for n, text in enumerate(QUESTIONS))
    )
    done = kb("search", "--queries", queries, "--run", "r", "--answers", "a", "--limit", "1000", home=home)
    told(done, 0)
    done = kb("search", "--queries", queries, "--run", "r", "--limit", "2", home=home)
    assert len((home / "r").read_text().splitlines()) == 2 * len(QUESTIONS)


# -- eval, status, verify, remove, index


def judged(home: Path) -> Path:
    folder = home / "judged"
    folder.mkdir()
    documents = ("site/fees.md", "site/guides/sleep.md", "site/confidentiality.md")
    write_lines(
        folder / "queries.jsonl", *({"_id": f"q{n}", "text": text} for n, text in enumerate(QUESTIONS))
    )
    rows = "".join(f"q{n}\t{document}\t1\n" for n, document in enumerate(documents))
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + rows)
    return folder


def test_eval_judges_every_mode_and_says_how_sure_it_is(kb: Run, home: Path) -> None:
    folder = judged(home)
    measures = json.loads(kb("eval", folder, "--json", home=home).stdout)
    assert list(measures) == ["hybrid", "dense", "lexical"]
    for name in ("ndcg@10", "recall@10", "mrr@10"):
        assert measures["hybrid"][name]["mean"] == 1.0
        assert measures["hybrid"][name].keys() == {"mean", "low", "high"}
    assert 0 < measures["hybrid"]["p50_ms"] <= measures["hybrid"]["p95_ms"]
    shown = kb("eval", folder, "--mode", "lexical", home=home).stdout
    assert "lexical" in shown
    assert "hybrid" not in shown


def test_eval_of_what_is_no_judged_set_is_wrong_use(kb: Run, home: Path) -> None:
    for folder in (home / "nowhere", home / "site"):
        done = kb("eval", folder, home=home)
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr


def test_status_says_what_there_is(kb: Run, practice: Path) -> None:
    body = json.loads(kb("status", "--json", home=practice).stdout)
    assert {one["name"]: one["documents"] for one in body["collections"]} == {"default": 7, "staff": 1}
    assert body["model"]["name"] == "all-MiniLM-L6-v2"
    assert body["model"]["dimensions"] == 384
    assert len(body["model"]["fingerprint"]) == 64
    assert body["generation"] == body["sequence"]
    assert all(size > 0 for size in body["bytes"].values())
    assert "default: 7 documents" in kb("status", home=practice).stdout


def test_verify_finds_everything_as_it_was_written(kb: Run, practice: Path) -> None:
    done = kb("verify", home=practice)
    told(done, 0)
    assert done.stdout == ""


def damage(home: Path) -> Path:
    """One bit of the vectors of the current generation is another one."""
    file = next(home.glob(".kb/generations/*/0/vectors*"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return file


def test_a_damaged_index_is_refused_and_the_command_that_mends_it_mends_it(kb: Run, home: Path) -> None:
    damage(home)
    told(kb("verify", home=home), 3, "kb index")
    told(kb("search", "fees", home=home), 3, "kb index")
    told(kb("index", home=home), 0)
    told(kb("verify", home=home), 0)
    told(kb("search", "fees", home=home), 0)


def test_a_damaged_catalogue_is_found_by_verify(kb: Run, home: Path) -> None:
    import apsw

    file = next(
        path for path in (home / ".kb").iterdir() if path.is_file() and path.read_bytes()[:6] == b"SQLite"
    )
    connection = apsw.Connection(str(file))
    connection.execute("UPDATE documents SET text = replace(text, '80 pounds', '90 pounds')")
    connection.close()
    told(kb("verify", home=home), 3, "site/fees.md")


def test_removed_documents_are_gone_and_unknown_ones_are_named(kb: Run, home: Path) -> None:
    told(kb("remove", "site/fees.md", "no/such", home=home), 1, "no/such", "removed 1")
    assert "site/fees.md" not in kb("search", "how much does a session cost", "--json", home=home).stdout
    told(kb("remove", "staff-1", "--collection", "staff", home=home), 0, "removed 1")
    told(kb("verify", home=home), 0)


def test_index_makes_a_new_generation_of_the_same_answers(kb: Run, home: Path) -> None:
    before = json.loads(kb("search", "fees", "--json", home=home).stdout)
    told(kb("index", home=home), 0, "all-MiniLM-L6-v2")
    after = json.loads(kb("search", "fees", "--json", home=home).stdout)
    assert after["results"] == before["results"]


# -- another writer, another model, a broken configuration


def test_a_second_writer_is_refused_with_the_first_ones_process(kb: Run, home: Path) -> None:
    with (home / ".kb" / "writer.lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(f"{os.getpid()}")
        held.flush()
        for done in at_once(kb, home, [["ingest", "site"], ["remove", "staff-1"], ["index"]]):
            told(done, 1, str(os.getpid()), "writing")
        told(kb("search", "fees", home=home), 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[serch]\nmode = 'dense'\n", ["line 1", "serch", "search"]),
        ("[search]\nmod = 'dense'\n", ["line 2", "mod", "mode"]),
        ("[limits]\nserch_deadline = 2\n", ["search_deadline"]),
        ("[search]\nmode = 'fuzzy'\n", ["hybrid"]),
        ("[search\n", ["TOML"]),
        ("[model]\nname = 7\n", ["name"]),
        ("[limits]\nqueue = -1\n", ["queue"]),
    ],
)
def test_what_the_configuration_cannot_mean_is_said_with_its_place(
    kb: Run, home: Path, text: str, words: list[str]
) -> None:
    (home / "kb.toml").write_text(text)
    told(kb("search", "fees", home=home), 2, "kb.toml", *words)


def test_an_index_of_another_model_is_refused_with_the_command_that_mends_it(kb: Run, home: Path) -> None:
    (home / "kb.toml").write_text('[model]\nname = "some/other-model"\n')
    told(kb("search", "fees", home=home), 3, "kb index")


def test_a_folder_that_cannot_be_written_is_said(kb: Run, tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text("")
    (tmp_path / ".kb").write_text("a file where the folder should be")
    (tmp_path / "a.txt").write_text("Some words about owls that sing at midnight.")
    told(kb("ingest", "a.txt", home=tmp_path), 1, "cannot be written")


def test_an_interrupted_ingest_says_that_what_was_committed_is_kept(home: Path) -> None:
    write_lines(
        home / "many.jsonl",
        *({"_id": f"m{n}", "text": f"Owl number {n} sings of {n * 7}."} for n in range(20_000)),
    )
    running = subprocess.Popen([KB, "ingest", "many.jsonl"], cwd=home, stderr=subprocess.PIPE, text=True)
    lock = home / ".kb" / "writer.lock"
    while not (lock.exists() and lock.read_text() == str(running.pid)):  # it is not yet at work
        assert running.poll() is None
        time.sleep(0.02)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "kept" in said
    assert "Traceback" not in said


# -- serve


def test_a_port_in_use_is_said_before_anything_is_opened(kb: Run, practice: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = kb("serve", "--port", str(taken.getsockname()[1]), home=practice)
    told(done, 1, "in use", "--port")


def test_a_host_or_a_port_that_is_none_is_said(kb: Run, practice: Path) -> None:
    hosts = ("no.such.host.example", "300.1.1.1", "x" * 70, "::zz")
    for done in at_once(kb, practice, [["serve", "--host", host, "--port", "1"] for host in hosts]):
        told(done, 1, "cannot be listened on")
    for done in at_once(kb, practice, [["serve", "--port", port] for port in ("0", "65536", "http")]):
        told(done, 2)


def test_the_version_is_the_distributions(kb: Run, tmp_path: Path) -> None:
    done = kb("--version", home=tmp_path)
    told(done, 0)
    assert done.stdout == f"kb {version('kb')}\n"


def test_the_version_of_what_was_not_installed_is_said_to_be_unknown(tmp_path: Path) -> None:
    program = (
        "import importlib.metadata as metadata, sys, service.cli as cli\n"
        "def version(name): raise metadata.PackageNotFoundError(name)\n"
        "metadata.version = version\n"
        "sys.argv = ['kb', '--version']\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "kb, of an unknown version: it is not installed\n")


# -- what is loaded


def test_the_version_is_told_without_what_a_question_needs(tmp_path: Path) -> None:
    program = (
        "import sys, service.cli as cli\nsys.argv = ['kb', '--version']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass"
    )
    assert not loaded(program, tmp_path) & {"numpy", "apsw", "faiss", "pydantic", "onnxruntime", "rich"}


def test_the_way_of_a_question_loads_nothing_that_prepares_models(practice: Path) -> None:
    program = (
        "import sys, service.cli as cli\n"
        "sys.argv = ['kb', 'search', 'how much is a session', '--json']\n"
        "try:\n    cli.main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"loaded = [name for name in {TORCH!r} if name in sys.modules]\n"
        "print(loaded, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=practice, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"]
    assert done.stderr == "[]\n"


LIBRARIES = {
    "annotated-doc", "apsw", "faiss-cpu", "numpy", "onnxruntime", "packaging", "rapidfuzz", "shellingham",
    "tantivy", "tokenizers", "typer",
}  # fmt: skip


def loaded(program: str, home: Path) -> set[str]:
    """The modules that a process of its own has at its end."""
    program += "\nimport sys; print(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=home, capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stderr.splitlines())


def libraries(modules: set[str]) -> set[str]:
    """The distributions that they are of, but for this one and what every process of an environment has."""
    homes = packages_distributions()
    found = {one for module in modules for one in homes.get(module.partition(".")[0], ())}
    return {one.replace("_", "-").lower() for one in found} - {"kb", "setuptools"}


def test_the_command_loads_what_reads_its_arguments_and_nothing_else(practice: Path) -> None:
    modules = loaded("import service.cli", practice)
    assert libraries(modules) == {"annotated-doc", "shellingham", "typer"}
    assert {one for one in modules if one.startswith(("kb.", "index.", "service."))} == {
        "kb.errors",
        "service.cli",
    }


def test_the_way_of_a_question_loads_nothing_of_the_other_doors(practice: Path) -> None:
    program = (
        "import sys, service.cli as cli\n"
        "sys.argv = ['kb', 'search', 'how much is a session', '--json']\n"
        "try:\n    cli.main()\nexcept SystemExit as end:\n    assert not end.code\n"
    )
    modules = loaded(program, practice)
    assert libraries(modules) == LIBRARIES
    assert {one for one in modules if one.startswith("service.")} == {
        "service.bodies",
        "service.cli",
        "service.incoming",
        "service.knowledge",
        "service.settings",
    }
    assert modules.isdisjoint(
        {"kb.keys", "index.context", "index.citations", "index.suggestions", "numpy.ma"}
    )


def test_the_service_loads_nothing_that_prepares_models(home: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.conftest import serving\n"
        "with serving(Path(sys.argv[1])) as client:\n"
        "    assert client.post('/v1/search', json={'query': 'fees'}).json()['results']\n"
        "    assert client.put('/v1/documents/x?wait=true', json={'text': 'owls'}).status_code == 200\n"
        "    assert client.post('/', data={'q': 'fees'}).status_code == 200\n"
        f"print([name for name in {TORCH!r} if name in sys.modules])\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(home)], cwd=root, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
