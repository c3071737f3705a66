"""A door for Dify: its external knowledge API, `POST /retrieval`.

Dify sends a question with the collection's name as `knowledge_id`, and gives a model the contents of the
records that come back. Nothing but records reaches the model, so a notice that the question calls for is a
record too, before all others. Dify looks at an error's status; its code for a knowledge that is not there
stands in the body.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from starlette.responses import Response

from index.types import Filters, Query
from kb.errors import NotFound, QueryError
from service import schemas
from service.access import meant
from service.bodies import Json
from service.incoming import whole
from service.logs import request_id
from service.problems import problem
from service.replies import ASKED, answering_of, json_reply, live_of, responses

router = APIRouter()

_NO_SUCH_KNOWLEDGE = 2001  # Dify's code
_Text = Annotated[str, AfterValidator(whole)]
_Values = _Text | Annotated[list[_Text], Field(min_length=1)]


class _Asked(BaseModel):
    """Part of what Dify sends; what else it sends is passed over."""

    model_config = ConfigDict(strict=True)


class RetrievalSetting(_Asked):
    """How many records, and how good they must be."""

    top_k: schemas.Integer = Field(description="How many records: 1 to 50.", ge=1, examples=[5])
    score_threshold: float | None = Field(
        default=None, description="The least score of a record, 0 to 1.", ge=0, le=1, examples=[0.5]
    )


class TagsCondition(_Asked):
    """The document has this tag, or one of these."""

    name: Literal["tags"] = Field(description="What is looked at.")
    comparison_operator: Literal["contains", "is", "=", "in"] = Field(description="All mean the same here.")
    value: _Values = Field(description="The tag, or tags.", examples=[["fees"]])


class DocumentCondition(_Asked):
    """The document is this one, or one of these."""

    name: Literal["document_id"] = Field(description="What is looked at.")
    comparison_operator: Literal["is", "=", "in"] = Field(description="All mean the same here.")
    value: _Values = Field(description="The id, or ids.", examples=[["site/fees.html"]])


class LanguageCondition(_Asked):
    """The document is in this language; `en` holds `en-gb` too."""

    name: Literal["language"] = Field(description="What is looked at.")
    comparison_operator: Literal["is", "="] = Field(description="Both mean the same here.")
    value: _Text = Field(description="The language.", examples=["en"])


def _at_most_one(name: str) -> dict[str, JsonValue]:
    """The same rule as JSON Schema has it."""
    about: dict[str, JsonValue] = {"properties": {"name": {"const": name}}, "required": ["name"]}
    return {"contains": about, "minContains": 0, "maxContains": 1}


class MetadataCondition(_Asked):
    """What every record must be."""

    logical_operator: Literal["and"] = Field(default="and", description="All conditions hold.")
    conditions: list[
        Annotated[TagsCondition | DocumentCondition | LanguageCondition, Field(discriminator="name")]
    ] = Field(
        description="At most one about each of `tags`, `document_id`, `language`.",
        examples=[[{"name": "language", "comparison_operator": "is", "value": "en"}]],
        json_schema_extra={
            "allOf": [_at_most_one("tags"), _at_most_one("document_id"), _at_most_one("language")]
        },
    )


class RetrievalRequest(_Asked):
    """A question as Dify sends it."""

    knowledge_id: _Text = Field(description="The collection.", examples=["default"])
    query: _Text = Field(description="The question: 1 to 512 characters.", examples=["how much is a session"])
    retrieval_setting: RetrievalSetting = Field(description="How many records, and how good.")
    metadata_condition: MetadataCondition | None = Field(
        default=None, description="What every record must be.", examples=[None]
    )


class RecordBody(BaseModel):
    """A notice, or a verbatim excerpt."""

    content: str = Field(description="The words.", examples=["A session of 50 minutes is 80 pounds."])
    score: float = Field(description="The chance that it answers; 1 of a notice.", examples=[0.93])
    title: str = Field(description="The document's title, or the notice's.", examples=["Fees"])
    metadata: dict[str, object] = Field(
        description="`notice` for a notice; else what `POST /v1/search` says of a result, with `verdict`.",
        examples=[{"document_id": "site/fees.html", "rank": 1}],
    )


class RecordsBody(BaseModel):
    """What Dify takes."""

    records: list[RecordBody] = Field(description="Notices, then excerpts, the best first.")


class MissingKnowledgeBody(schemas.ProblemBody):
    """There is no such collection."""

    error_code: int = Field(description="Dify's code for it.", examples=[_NO_SUCH_KNOWLEDGE])
    error_msg: str = Field(description="The detail once more.", examples=["There is no collection named x"])


_RESPONSES = {
    **responses(RecordsBody, *ASKED),
    404: {"model": MissingKnowledgeBody, "description": "There is no such collection."},
}


@router.post("/retrieval", responses=_RESPONSES, tags=["search"])
async def retrieval(request: Request, body: RetrievalRequest) -> Response:
    """Dify's external knowledge API: ask a question, get records."""
    request.state.questions = [body.query]
    limits, setting = request.app.state.limits, body.retrieval_setting
    if setting.top_k > limits.results:
        raise QueryError(f"top_k is a number from 1 to {limits.results}", "retrieval_setting.top_k")
    filters = _filters(body.metadata_condition)
    try:
        collection = meant(request, body.knowledge_id, True)
        query = Query(body.query, setting.top_k, collection, filters=filters)
        answer = await answering_of(request).body(query, request.state.until)
    except NotFound as error:
        codes: Json = {"error_code": _NO_SUCH_KNOWLEDGE, "error_msg": str(error)}
        notices = await to_thread.run_sync(live_of(request).notices, body.query)
        return problem(404, str(error), request_id(request.scope), "knowledge_id", notices, codes)
    return json_reply({"records": _records(answer, setting.score_threshold or 0.0)})


def _filters(condition: MetadataCondition | None) -> Filters:
    """Raises QueryError where two conditions are about the same thing, which no filter can say."""
    if condition is None:
        return Filters()
    asked = {one.name: one.value for one in condition.conditions}
    if len(asked) < len(condition.conditions):
        raise QueryError("there are two conditions about the same name", "metadata_condition.conditions")
    language = asked.get("language")
    return Filters(
        _several(asked.get("tags")),
        language if isinstance(language, str) else None,
        _several(asked.get("document_id")),
    )


def _several(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _records(answer: Json, threshold: float) -> list[Json]:
    notices: Any = answer["notices"]
    results: Any = answer["results"]
    about = {key: answer[key] for key in ("verdict", "suggestion", "generation", "degraded")}
    return [
        *map(_notice, notices),
        *(_record(one, about) for one in results if one["score"] >= threshold),
    ]


def _notice(notice: dict[str, Any]) -> Json:
    links = " ".join(f"{link['label']}: {link['href']}." for link in notice["links"])
    return {
        "content": f"{notice['title']}. {notice['text']} {links}".rstrip(),
        "score": 1.0,
        "title": notice["title"],
        "metadata": {"notice": notice},
    }


def _record(result: dict[str, Any], about: Json) -> Json:
    said = {key: value for key, value in result.items() if key not in ("excerpt", "attribution")}
    return {
        "content": result["excerpt"]["text"],
        "score": result["score"],
        "title": result["attribution"]["title"],
        "metadata": {**about, **said, **result["attribution"], "marks": result["excerpt"]["marks"]},
    }
