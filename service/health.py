"""What a knowledge base holds, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from index import calibrations, generation, owner
from index.models import find
from index.reranking import UNFITTED
from kb.catalogue import Catalogue
from kb.config import DEFAULT_MODEL
from kb.errors import KnowledgeBaseError, NotReady
from kb.ingest import document_digest
from kb.passages import identify
from kb.storage import FILE_NAME
from service.bodies import Json
from service.knowledge import Knowledge


def status_body(knowledge: Knowledge) -> Json:
    """What `kb status --json` prints."""
    data = knowledge.data
    with knowledge.catalogue() as catalogue:
        sequence = catalogue.sequence
        collections = [
            {"name": name, "documents": documents, "passages": passages}
            for name, (documents, passages) in catalogue.collections().items()
        ]
        absent = owner.absent(knowledge.config, catalogue.holds)
    try:
        manifest = generation.read_current(data)
        current: Json | None = {"name": generation.current(data)[0], "sequence": manifest.sequence}
        made_with = manifest.model
        model: Json = {
            "name": made_with.name,
            "fingerprint": made_with.fingerprint,
            "dimensions": made_with.dimensions,
        }
        calibration = calibrations.read(data, made_with.fingerprint)
    except NotReady:
        calibration = calibrations.Kept()
        current, model = None, {"name": None, "fingerprint": None, "dimensions": None}
    return {
        "home": str(knowledge.settings.home),
        "collections": collections,
        "sequence": sequence,
        "generation": None if current is None else current["sequence"],
        "model": {**model, "configured": knowledge.config.model.name},
        "reranker": knowledge.config.search.reranker,
        "to_review": [*owner.stale(knowledge.config, date.today()), *absent],
        "calibration": {
            "own": calibration.own,
            "ignored": calibration.ignored,
            "unfitted": _unfitted(knowledge, model["name"], calibration),
        },
        "bytes": {
            "catalogue": sum(_size(path) for path in data.glob(f"{FILE_NAME}*")),
            "generations": sum(_size(path) for path in (data / "generations").rglob("*")),
        },
    }


def _unfitted(knowledge: Knowledge, model: object, kept: calibrations.Kept) -> list[str]:
    """The models whose scores are no chances yet: another than the one that comes with the program, and a
    reranker, before the owner has calibrated them."""
    named = [] if model in (None, DEFAULT_MODEL) or "hybrid" in kept.own else [str(model)]
    reranker = knowledge.reranker_name
    if reranker is not None:
        try:
            fingerprint = find(reranker, knowledge.settings.models, task="reranker").fingerprint
        except NotReady:  # a search says how it is prepared
            return named
        if calibrations.read_reranker(knowledge.data, fingerprint) == UNFITTED:
            named.append(reranker)
    return named


def status_lines(body: Json) -> list[str]:
    """The same for a person."""
    collections, model, sizes = body["collections"], body["model"], body["bytes"]
    calibration = body["calibration"]
    assert isinstance(calibration, dict)
    assert isinstance(collections, list)
    assert isinstance(model, dict)
    assert isinstance(sizes, dict)
    lines = [f"{body['home']}"]
    for one in collections:
        lines.append(f"  {one['name']}: {one['documents']} documents, {one['passages']} passages")
    if body["generation"] is None:
        lines.append("  no index: run kb index")
    else:
        behind = (
            "" if body["generation"] == body["sequence"] else f" (the catalogue is at {body['sequence']})"
        )
        lines.append(
            f"  generation {body['generation']}{behind}, "
            f"model {model['name']}, {model['dimensions']} dimensions"
        )
    if body["reranker"]:
        lines.append(f"  reranker {body['reranker']}")
    to_review = body["to_review"]
    assert isinstance(to_review, list)
    lines += [f"  to review: {line}" for line in to_review]
    if calibration["own"]:
        lines.append(f"  calibrated on your own questions: {', '.join(calibration['own'])}")
    if calibration["ignored"]:
        lines.append(f"  {calibration['ignored']}")
    lines += [
        f"  scores and verdicts are not fitted to {name}: only the order is. Run: kb eval DIR --calibrate"
        for name in calibration["unfitted"]
    ]
    lines.append("  " + ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items()))
    return lines


def flaws(knowledge: Knowledge) -> Iterator[str]:
    """Everything that is not as it was written, a line each."""
    with knowledge.catalogue() as catalogue:
        yield from _catalogue_flaws(catalogue)
    try:
        current = generation.current(knowledge.data)
    except NotReady as error:
        yield str(error)
        current = ("", "")
    for name, path in generation.kept(knowledge.data):
        try:
            generation.check(path, current[1] if name == current[0] else None)
        except (KnowledgeBaseError, OSError) as error:
            yield str(error)


def _catalogue_flaws(catalogue: Catalogue) -> Iterator[str]:
    try:
        yield from (f"The catalogue: {line}" for line in catalogue.damage())
        for document, passages in catalogue.documents():
            where = f"{document.collection}/{document.id}"
            if document_digest(document) != catalogue.digest(document.collection, document.id):
                yield f"{where}: the document is not the one that was written"
            repeats: dict[str, int] = {}
            for passage, _ in passages:
                text = document.text[passage.start : passage.end]
                repeat = repeats.get(text, 0)
                repeats[text] = repeat + 1
                if identify(document.collection, document.id, text, repeat) != passage.id:
                    yield f"{where}: passage {passage.id} is not the slice {passage.start}:{passage.end}"
    except KnowledgeBaseError as error:
        yield str(error)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
