"""The `kb` command. Each command imports what it needs when it runs, so that none waits for another's."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.errors import ConfigError, KnowledgeBaseError, NotFound, NotReady, QueryError

if TYPE_CHECKING:
    from index.types import Mode as SearchMode
    from kb.ingest import IngestReport, Progress
    from kb.keys import Keys
    from service.judge import Evaluation, Judged
    from service.knowledge import Knowledge

DONE, IN_PART, WRONG_USE, NOT_READY = 0, 1, 2, 3
INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended, and typer too

app = typer.Typer(
    name="kb",
    help="Ask your own documents a question. A knowledge base is a folder with a kb.toml in it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

keys_app = typer.Typer(
    help="API keys: who may search, write or look after the service.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(keys_app, name="keys")

Home = Annotated[
    Path | None, typer.Option("--home", help="The knowledge base; else the nearest one above, else KB_HOME.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Mode = Annotated[str | None, typer.Option("--mode", help="hybrid, dense or lexical.")]


def main() -> None:
    """Runs a command; an error is one line on stderr and an exit code, never a traceback."""
    try:
        app(standalone_mode=True)
    except KnowledgeBaseError as error:
        _say(f"kb: {error}")
        sys.exit(_exit_code(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(IN_PART)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _say("kb: interrupted; what was committed is kept")
        raise


def _exit_code(error: KnowledgeBaseError) -> int:
    if isinstance(error, NotReady):
        return NOT_READY
    return WRONG_USE if isinstance(error, ConfigError | QueryError | NotFound) else IN_PART


def _show_version(asked: bool) -> None:
    if not asked:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        print(f"kb {version('kb')}")
    except PackageNotFoundError:
        print("kb, of an unknown version: it is not installed")
    raise typer.Exit(DONE)


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is opened for one question stays till the end: to go through it for garbage, again and again as
    it grows and once more at the end, takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What goes for no command in particular."""


@app.command()
def init(directory: Annotated[Path, typer.Argument(help="The folder, made if need be.")] = Path()) -> None:
    """Write a commented kb.toml: a new knowledge base."""
    from kb.config import FILE_NAME, template

    path = directory / FILE_NAME
    if path.exists():
        raise ConfigError(f"{path} is there already; it was left as it is")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path.write_text(template(), "utf-8")
    except OSError as error:
        raise KnowledgeBaseError(f"{path} cannot be written: {error.strerror}") from None
    _say(f"Wrote {path}. Next: kb ingest SOURCE")


@app.command()
def ingest(
    sources: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; none: those of [[source]] in kb.toml.")
    ] = None,
    collection: Annotated[str, typer.Option(help="Where the documents go.")] = "default",
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep documents whose files are gone from the folder.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Let go of missing files' documents even if they are most.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Take in files and folders: adds, updates, and lets go of what is gone; then makes an index."""
    from index import owner

    knowledge = _open(home)
    jobs: list[tuple[Path, str, str | None]] = [(path, collection, None) for path in sources or []]
    if not jobs:
        for source in knowledge.config.source:
            jobs.append((knowledge.settings.home / source.path, source.collection, source.url))
    if not jobs:
        raise ConfigError("Nothing to ingest: name a file or folder, or write a [[source]] in kb.toml")
    started = time.perf_counter()
    with knowledge.writer() as writer, _progress() as progress:
        report = _ingest_jobs(writer.ingest, jobs, keep_missing, prune, progress)
        generation = writer.publish(progress=progress)
        absent = owner.absent(knowledge.config, writer.catalogue.holds)
    report.seconds = time.perf_counter() - started
    _show_report(report, generation, as_json)
    for line in absent:
        _say(line)
    raise typer.Exit(IN_PART if report.refused or report.kept else DONE)


@app.command()
def remove(
    documents: Annotated[list[str], typer.Argument(help="Document ids.")],
    collection: Annotated[str, typer.Option(help="The collection they are in.")] = "default",
    home: Home = None,
) -> None:
    """Remove documents by id."""
    knowledge = _open(home)
    knowledge.catalogue().close()
    with knowledge.writer() as writer:
        held = [one for one in documents if writer.catalogue.holds(collection, one)]
        if held:
            writer.catalogue.commit(removed=[(collection, one) for one in held])
        writer.publish()
    for missing in sorted(set(documents) - set(held)):
        _say(f"{missing}: there is no such document in {collection}")
    _say(f"removed {len(held)}")
    raise typer.Exit(DONE if len(held) == len(set(documents)) else IN_PART)


@app.command()
def index(
    model: Annotated[
        str | None, typer.Option(help="Change to this model, and write its name into kb.toml.")
    ] = None,
    home: Home = None,
) -> None:
    """Make the index anew from the catalogue, with the configured model. What is served is the old index
    until the new one is whole. Vectors of earlier models are kept: to go back, name the earlier model."""
    knowledge = _open(home)
    if model is not None:
        knowledge = knowledge.with_model(model)
    knowledge.catalogue().close()
    with knowledge.writer() as writer, _progress() as progress:
        generation = writer.publish(anew=True, progress=progress)
        if model is not None:
            knowledge.keep_model()
        _say(f"generation {generation}, model {writer.model.name} ({writer.model.precision})")


@app.command()
@_uncollected()
def search(
    question: Annotated[str | None, typer.Argument(help="In your own words.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many documents; 10, or 100 for --run.")
    ] = None,
    collection: Annotated[str, typer.Option(help="Where to look.")] = "default",
    mode: Mode = None,
    as_json: AsJson = False,
    queries: Annotated[Path | None, typer.Option(help="A JSONL file of questions to ask.")] = None,
    run: Annotated[Path | None, typer.Option(help="Write a TREC run of documents here.")] = None,
    answers: Annotated[Path | None, typer.Option(help="Write one answer a line here.")] = None,
    excerpt_length: Annotated[
        int | None, typer.Option(help="The most characters of an excerpt, of whole sentences.")
    ] = None,
    home: Home = None,
) -> None:
    """Ask a question, or with --queries many."""
    if (question is None) == (queries is None):
        raise QueryError("Ask a question, or name a file of questions with --queries")
    knowledge = _open(home)
    chosen = mode or knowledge.config.search.mode
    if queries is not None:
        from service.batch import ask_all

        gc.enable()
        flaws = ask_all(knowledge, queries, run, answers, limit, collection, _mode(chosen), excerpt_length)
        for flaw in flaws:
            _say(flaw)
        raise typer.Exit(IN_PART if flaws else DONE)
    from index.types import Query
    from service.bodies import answer_body
    from service.incoming import whole

    query = Query(
        whole(question or ""),
        10 if limit is None else limit,
        collection,
        _mode(chosen),
        excerpt_length=excerpt_length,
    )
    with _helping(knowledge, query.text):
        searcher = knowledge.searcher()
        started = time.perf_counter()
        answer = searcher.search(query)
    if as_json:
        _print_json(answer_body(answer, (time.perf_counter() - started) * 1000))
        return
    from rich.console import Console

    from service.terminal import show

    show(answer, Console())


@app.command()
@_uncollected()
def explain(
    question: Annotated[str, typer.Argument(help="In your own words.")],
    limit: Annotated[int, typer.Option(min=1, help="How many documents.")] = 10,
    collection: Annotated[str, typer.Option(help="Where to look.")] = "default",
    mode: Mode = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Tell why the results to a question are what they are."""
    from dataclasses import asdict

    from index.types import Query
    from service.incoming import whole
    from service.reasons import lines

    knowledge = _open(home)
    chosen = _mode(mode or knowledge.config.search.mode)
    query = Query(whole(question), limit, collection, chosen)
    with _helping(knowledge, query.text):
        told = knowledge.searcher().explain(query)
    if as_json:
        _print_json(asdict(told))
        return
    for line in lines(told):
        print(_printable(line))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port.", min=1, max=65535)] = 8000,
    home: Home = None,
) -> None:
    """Answer questions over HTTP, with a search page at /."""
    from service.server import run

    run(_open(home), host, port)


@app.command("eval")
def evaluate(
    directory: Annotated[
        Path | None, typer.Argument(help="A BEIR folder: queries.jsonl and qrels.tsv.")
    ] = None,
    mode: Annotated[list[str] | None, typer.Option("--mode", help="Repeat to compare; default: all.")] = None,
    collection: Annotated[str, typer.Option(help="Where a question is asked that names none.")] = "default",
    against: Annotated[
        list[Path] | None, typer.Option(help="Compare the first mode with a saved run; repeat for more.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Write the first mode's TREC run here.")] = None,
    per_question: Annotated[
        bool, typer.Option("--per-question", help="Tell each question's gain or loss.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write a report with charts here.")] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit scores and verdicts to these questions, and keep them.")
    ] = False,
    must_find: Annotated[
        bool, typer.Option("--must-find", help="Check what kb.toml says must be found.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Judge the answers to a set of questions: nDCG, recall, MRR, latency."""
    if must_find == (directory is not None):
        raise QueryError("Name a folder of judged questions, or check kb.toml's with --must-find")
    if directory is None:
        _check_must_find(_open(home), as_json)
        return
    from service import comparison
    from service.judge import judge, measures, table

    modes = [_mode(one) for one in mode or ["hybrid", "dense", "lexical"]]
    saved = comparison.read_runs(against or [])
    knowledge = _open(home)
    evaluation = judge(knowledge, directory, modes, collection)
    met = comparison.contests(evaluation, saved)
    judged = measures(evaluation)
    if met:
        judged[modes[0]]["against"] = comparison.contests_body(met, evaluation, per_question)
    if not as_json:
        print(table(judged))
        for line in comparison.comparison_lines(met):
            print(_printable(line))
        if per_question:
            for line in comparison.question_lines(met, evaluation):
                print(_printable(line))
    if save:
        _say(f"{save}: the run of {comparison.save_run(save, evaluation)}")
    if html:
        from service.report import write_report

        _say(f"{write_report(html, evaluation, judged, met)}: the report")
    refused = _calibrate(knowledge, evaluation, judged, as_json) if calibrate else False
    if as_json:
        _print_json(judged)
    raise typer.Exit(IN_PART if refused else DONE)


@app.command()
def mcp(home: Home = None) -> None:
    """Offer the knowledge base to a language model's client: an MCP server on stdio."""
    knowledge = _open(home)
    try:
        from service.mcp import serve as serve_mcp
    except ImportError:
        raise KnowledgeBaseError(
            "kb mcp needs the 'mcp' extra. In a checkout: pip install '.[mcp]'"
        ) from None
    serve_mcp(knowledge)


@app.command()
def status(as_json: AsJson = False, home: Home = None) -> None:
    """Collections, documents, passages, model, generation, sizes on disk."""
    from service.health import status_body, status_lines

    body = status_body(_open(home))
    if as_json:
        _print_json(body)
    else:
        print("\n".join(status_lines(body)))


@app.command()
def verify(home: Home = None) -> None:
    """Check catalogue and generations: checksums, and every passage an exact slice of its document."""
    from service.health import flaws

    knowledge = _open(home)
    found = list(flaws(knowledge))
    for flaw in found:
        _say(flaw)
    if found:
        raise typer.Exit(NOT_READY)
    _say("Everything is as it was written.")


@keys_app.command("create")
def keys_create(
    scope: Annotated[
        str, typer.Option(help="search, ingest or admin; each may do what those before it may.")
    ],
    collection: Annotated[str, typer.Option(help="The one collection that the key sees.")] = "default",
    origin: Annotated[
        list[str] | None, typer.Option(help="A page's origin that alone may use it; repeat for more.")
    ] = None,
    expires: Annotated[str | None, typer.Option(help="After a time (90d, 12h), or on a day.")] = None,
    rate: Annotated[str | None, typer.Option(help="How many requests: 60/min, 10/s, 1000/h.")] = None,
    note: Annotated[str, typer.Option(help="What it is for, for you.")] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a key, and print it, this once."""
    from kb import keys
    from service.keys import warnings

    key, token = _keys(home).create(
        scope,
        collection,
        origins=origin or [],
        rate=None if rate is None else keys.read_rate(rate),
        expires=None if expires is None else keys.expiry(expires, time.time()),
        note=note,
    )
    for line in warnings(key):
        _say(line)
    _show_key(key.id, token, {}, as_json)


@keys_app.command("list")
def keys_list(as_json: AsJson = False, home: Home = None) -> None:
    """List the keys that there are and were; never the keys themselves."""
    from service.keys import key_body, key_line

    held, now = _keys(home).all(), time.time()
    if as_json:
        _print_json({"keys": [key_body(key, now) for key in held]})
        return
    for key in held:
        print(_printable(key_line(key, now)))
    if not held:
        _say("There are no keys. Make one: kb keys create --scope search")


@keys_app.command("revoke")
def keys_revoke(
    ids: Annotated[list[str], typer.Argument(help="Ids, as `kb keys list` shows them.")], home: Home = None
) -> None:
    """End keys; a running service refuses them within a second."""
    held = _keys(home)
    unknown = sorted(set(ids) - {key.id for key in held.all()})
    for id in dict.fromkeys(one for one in ids if one not in unknown):
        held.revoke(id)
        _say(f"{id}: revoked")
    for id in unknown:
        _say(f"{id}: there is no such key")
    raise typer.Exit(IN_PART if unknown else DONE)


@keys_app.command("rotate")
def keys_rotate(
    id: Annotated[str, typer.Argument(help="The key's id.")],
    overlap: Annotated[str, typer.Option(help="How long the old one goes on beside it.")] = "24h",
    expires: Annotated[
        str | None, typer.Option(help="When the new one ends; else it lives as long as the old one was to.")
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a key like another, which ends after a while; print the new one, this once."""
    from kb import keys
    from service.keys import key_body

    until = None if expires is None else keys.expiry(expires, time.time())
    key, token, old = _keys(home).rotate(id, keys.lifetime(overlap), until)
    ends = key_body(old, time.time())["expires"]
    _say(f"{old.id} is taken until {ends}")
    _show_key(key.id, token, {"replaces": old.id, "replaced_until": ends}, as_json)


def _keys(home: Path | None) -> Keys:
    from kb.keys import Keys

    return Keys(_open(home).data)


def _show_key(id: str, token: str, more: dict[str, object], as_json: bool) -> None:
    if as_json:
        _print_json({"id": id, "key": token, **more})
        return
    print(token)
    _say(f"{id}: keep the key now, it is not shown again. A request carries it as: Authorization: Bearer KEY")


def _calibrate(knowledge: Knowledge, evaluation: Evaluation, judged: Judged, as_json: bool) -> bool:
    """Fits, keeps and tells; whether that was refused."""
    from index import calibrations
    from service import calibrating

    try:
        fitted = calibrating.calibrate(evaluation)
    except QueryError as error:
        _say(f"not calibrated: {error}")
        return True
    fingerprint = evaluation.searcher.generation.manifest.model.fingerprint
    keeping = {mode: one.calibration if one.better else None for mode, one in fitted.items()}
    path = calibrations.write(knowledge.data, fingerprint, keeping)
    for mode, one in fitted.items():
        judged[mode]["calibration"] = calibrating.calibration_body(one)
    reread = calibrating.calibrate_reranker(evaluation)
    if reread is not None:
        judged["hybrid"]["reranker_calibration"] = calibrating.calibration_body(reread)
        if reread.better:
            reranker = evaluation.searcher.reranker or ""
            calibrations.write_reranker(knowledge.data, reranker, reread.calibration)
    if not as_json:
        told = dict[str, calibrating.Fitted](fitted.items())
        if reread is not None:
            told["reranker"] = reread
        print("\n".join(calibrating.calibration_lines(told)))
    if any(keeping.values()) or (reread is not None and reread.better):
        _say(f"{path}: kept; a service that runs takes it up when it is started again")
    return False


def _check_must_find(knowledge: Knowledge, as_json: bool) -> None:
    from service.judge import check_must_find

    checked = check_must_find(knowledge)
    missed = [one for one in checked if not one.held]
    if as_json:
        from dataclasses import asdict

        _print_json({"checked": len(checked), "missed": [asdict(one) for one in missed]})
    else:
        print(f"{len(checked) - len(missed)} of {len(checked)} found")
    for one in missed:
        _say(f"{one.question!r}: {one.document} {one.found}")
    raise typer.Exit(IN_PART if missed else DONE)


@contextmanager
def _helping(knowledge: Knowledge, question: str) -> Iterator[None]:
    """Whatever keeps a question from being answered, what it calls for is said; and where the collection
    is not there, which ones are."""
    try:
        yield
    except KnowledgeBaseError as error:
        for notice in knowledge.notices().matches(question[:4096]):
            links = ", ".join(f"{link.label} ({link.href})" for link in notice.links)
            _say(f"{notice.title}. {notice.text} {links}")
        if isinstance(error, NotFound):
            with knowledge.catalogue() as catalogue:
                raise NotFound(f"{error}; there are: {', '.join(catalogue.collections())}") from None
        raise


def _open(home: Path | None) -> Knowledge:
    from service.knowledge import open_knowledge
    from service.settings import settings

    return open_knowledge(settings(home))


def _mode(name: str) -> SearchMode:
    if name not in ("hybrid", "dense", "lexical"):
        raise QueryError(f"mode is one of hybrid, dense, lexical; not {name}", "mode")
    return name  # type: ignore[return-value]


def _ingest_jobs(
    take: Callable[..., IngestReport],
    jobs: list[tuple[Path, str, str | None]],
    keep_missing: bool,
    prune: bool,
    progress: Progress | None,
) -> IngestReport:
    """One report over sources that share neither collection nor URL."""
    from kb.ingest import IngestReport

    total = IngestReport()
    places = list(dict.fromkeys((collection, url) for _, collection, url in jobs))
    for place in places:
        paths = [path for path, collection, url in jobs if (collection, url) == place]
        part = take(
            paths,
            collection=place[0],
            url=place[1],
            keep_missing=keep_missing,
            prune=prune,
            progress=progress,
        )
        total.merge(part)
    return total


def _show_report(report: IngestReport, generation: int, as_json: bool) -> None:
    for refusal in report.refused:
        _say(f"refused {refusal.source}: {refusal.reason}")
    if report.kept:
        _say(
            f"kept {report.kept} documents whose files are gone: they are more than half of their folder. "
            "To let go of them: kb ingest --prune"
        )
    if as_json:
        from service.bodies import report_body

        _print_json(report_body(report, generation))
        return
    print(
        f"added {report.added}, updated {report.updated}, unchanged {report.unchanged}, "
        f"removed {report.removed}, refused {len(report.refused)}; "
        f"{report.passages} passages, {report.embedded} embedded, {report.seconds:.1f} s"
    )


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress line on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading")

        def tell(what: str, report: IngestReport) -> None:
            taken = report.added + report.updated + report.unchanged
            bar.update(
                task,
                description=f"{taken} documents, {report.passages} passages, "
                f"{report.embedded} embedded  {escape(what[-50:])}",
            )

        yield tell


def _print_json(body: object) -> None:
    print(json.dumps(body, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def _say(line: str) -> None:
    print(_printable(line).replace("\n", " "), file=sys.stderr)


def _printable(line: str) -> str:
    printable = "".join(c if c.isprintable() or c == "\n" else " " for c in line)
    return printable.encode("utf-8", "replace").decode("utf-8")


if __name__ == "__main__":
    main()
