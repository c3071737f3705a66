"""What goes out: answers, documents and reports as the JSON that every door gives."""

from __future__ import annotations

from index.types import Answer, Notice, Result
from kb.ingest import IngestReport
from kb.types import Attribution, Document

Json = dict[str, object]


def answer_body(answer: Answer, took_ms: float) -> Json:
    """The body of `POST /v1/search`."""
    return {
        "verdict": answer.verdict,
        "notices": [notice_body(notice) for notice in answer.notices],
        "results": [_result(result) for result in answer.results],
        "suggestion": answer.suggestion,
        "generation": answer.generation,
        "took_ms": round(took_ms, 1),
        "degraded": answer.degraded,
        "next": answer.next,
    }


def notice_body(notice: Notice) -> Json:
    """A notice with its links."""
    return {
        "kind": notice.kind,
        "title": notice.title,
        "text": notice.text,
        "links": [{"label": link.label, "href": link.href} for link in notice.links],
    }


def _result(result: Result) -> Json:
    said = result.attribution
    return {
        "rank": result.rank,
        "score": result.score,
        "document_id": result.document_id,
        "passage_id": result.passage_id,
        "excerpt": {"text": result.excerpt.text, "marks": [list(mark) for mark in result.excerpt.marks]},
        "attribution": {
            "title": said.title,
            "source": said.source,
            "url": said.url,
            "link": result.link,
            "headings": list(result.headings),
            "page": result.page,
            "author": said.author,
            "published": said.published,
            "modified": said.modified,
            "licence": said.licence,
            "language": said.language,
            "start": result.excerpt.start,
            "end": result.excerpt.end,
        },
        "more": [_result(one) for one in result.more],
    }


def document_body(document: Document) -> Json:
    """The body of `GET /v1/documents/{id}`."""
    return {
        "id": document.id,
        "collection": document.collection,
        "text": document.text,
        "attribution": attribution_body(document.attribution),
        "sections": [
            {"headings": list(s.headings), "anchor": s.anchor, "start": s.start, "end": s.end}
            for s in document.sections
        ],
        "pages": list(document.pages),
        "tags": list(document.tags),
        "metadata": dict(document.metadata),
    }


def listed_body(document_id: str, said: Attribution) -> Json:
    """A document in a list."""
    return {"id": document_id, "title": said.title, "url": said.url}


def attribution_body(said: Attribution) -> Json:
    """An attribution by itself."""
    return {
        "title": said.title,
        "source": said.source,
        "url": said.url,
        "author": said.author,
        "published": said.published,
        "modified": said.modified,
        "licence": said.licence,
        "language": said.language,
    }


def report_body(report: IngestReport, generation: int) -> Json:
    """What `kb ingest --json` prints."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "refused": [{"source": refusal.source, "reason": refusal.reason} for refusal in report.refused],
        "passages": report.passages,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
        "generation": generation,
    }
