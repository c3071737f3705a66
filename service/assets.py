"""The files that pages load: style, scripts, and what the search box asks once."""

from __future__ import annotations

import json
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service.live import Live
from service.templates import web

router = APIRouter(include_in_schema=False)

_KEPT = {"Cache-Control": "max-age=3600"}
# Any site may load the box and its settings, which say nothing that the search page does not.
_FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@router.get("/style.css")
async def style() -> Response:
    """The pages' looks."""
    return Response(web("style.css"), headers=_KEPT, media_type="text/css")


@router.get("/icon.svg")
async def icon() -> Response:
    """The pages' mark in a browser's tab."""
    return Response(web("icon.svg"), headers=_KEPT, media_type="image/svg+xml")


@router.get("/page.js")
async def page_script() -> Response:
    """What a script adds to the search page."""
    return Response(web("page.js"), headers=_KEPT, media_type="text/javascript")


@router.get("/widget.js")
async def widget() -> Response:
    """`<kb-search>`: the search box for any page."""
    return Response(web("widget.js"), headers={**_KEPT, **_FOR_ALL}, media_type="text/javascript")


@router.get("/widget.json")
async def widget_settings(request: Request) -> Response:
    """The owner's contact line, for the box to show where nothing answers."""
    live: Live = request.app.state.live
    body = {"contact": live.knowledge.config.service.contact}
    return Response(json.dumps(body), headers={**_KEPT, **_FOR_ALL}, media_type="application/json")


@router.get("/opensearch.xml")
async def opensearch(request: Request) -> Response:
    """How a browser may ask here, where the owner allows it: by POST, in no address."""
    live: Live = request.app.state.live
    if not live.knowledge.config.service.opensearch:
        raise HTTPException(404)
    title = escape(live.knowledge.config.service.title)
    there = quoteattr(str(request.base_url))
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{title[:16]}</ShortName><Description>{title}</Description>"
        f'<Url type="text/html" method="post" template={there}>'
        '<Param name="q" value="{searchTerms}"/></Url></OpenSearchDescription>'
    )
    return Response(xml, media_type="application/opensearchdescription+xml")


@cache
def integrity() -> str:
    """The hash that a page may hold the widget to."""
    built: dict[str, dict[str, str]] = json.loads(web("built.json"))
    return built["integrity"]["widget.js"]
