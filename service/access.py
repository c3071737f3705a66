"""Who may do what: what each endpoint needs, and what a caller may.

One table names every endpoint, which a test holds. What is not in it is closed to who has no key, as soon as
keys are asked for; who has one is told by the router that there is no such address or method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from starlette.requests import Request

from kb.errors import NotFound


class Need(IntEnum):
    """What a request needs, the least first; whoever may do one may do those before it."""

    NOTHING = 0  # health, this API's description, what the pages are made of
    PUBLIC = 1  # to search; `[service] public_search` opens it to everyone
    SEARCH = 2  # to search, and to read what is found
    INGEST = 3
    ADMIN = 4  # or to ask from this machine


NEEDS: dict[tuple[str, str], Need] = {
    ("POST", "/v1/search"): Need.PUBLIC,
    ("POST", "/v1/search/batch"): Need.PUBLIC,
    ("POST", "/v1/suggest"): Need.PUBLIC,
    ("POST", "/v1/context"): Need.SEARCH,
    ("POST", "/v1/citations/check"): Need.SEARCH,
    ("POST", "/retrieval"): Need.SEARCH,
    ("POST", "/mcp"): Need.SEARCH,
    ("GET", "/v1/collections"): Need.SEARCH,
    ("GET", "/v1/documents"): Need.SEARCH,
    ("POST", "/v1/documents"): Need.INGEST,
    ("GET", "/v1/changes"): Need.SEARCH,
    ("GET", "/v1/documents/{document_id}"): Need.SEARCH,
    ("PUT", "/v1/documents/{document_id}"): Need.INGEST,
    ("DELETE", "/v1/documents/{document_id}"): Need.INGEST,
    ("GET", "/health/live"): Need.NOTHING,
    ("GET", "/health/ready"): Need.NOTHING,
    ("HEAD", "/health/live"): Need.NOTHING,
    ("HEAD", "/health/ready"): Need.NOTHING,
    ("GET", "/metrics"): Need.ADMIN,
    ("GET", "/openapi.json"): Need.NOTHING,
    ("HEAD", "/openapi.json"): Need.NOTHING,
    ("GET", "/"): Need.PUBLIC,
    ("HEAD", "/"): Need.PUBLIC,
    ("POST", "/"): Need.PUBLIC,
    ("GET", "/docs"): Need.NOTHING,
    ("GET", "/docs.css"): Need.NOTHING,
    ("GET", "/embed"): Need.PUBLIC,
    ("POST", "/embed"): Need.PUBLIC,
    ("GET", "/docs/embed"): Need.NOTHING,
    ("GET", "/admin"): Need.ADMIN,
    ("POST", "/admin"): Need.ADMIN,
    ("GET", "/style.css"): Need.NOTHING,
    ("GET", "/icon.svg"): Need.NOTHING,
    ("GET", "/page.js"): Need.NOTHING,
    ("GET", "/widget.json"): Need.NOTHING,
    ("GET", "/opensearch.xml"): Need.NOTHING,
    ("GET", "/widget.js"): Need.NOTHING,
}
_DOCUMENTS = "/v1/documents/"
_SCOPES = {"search": Need.SEARCH, "ingest": Need.INGEST, "admin": Need.ADMIN}
SCOPE_OF = {Need.PUBLIC: "search", Need.SEARCH: "search", Need.INGEST: "ingest", Need.ADMIN: "admin"}


def need_of(method: str, path: str) -> Need:
    """What a request to this path, or an endpoint of this template, needs."""
    return NEEDS.get((method, _template(path)), Need.ADMIN)


def is_endpoint(method: str, path: str) -> bool:
    """Whether there is an endpoint at this path that takes this method."""
    return (method, _template(path)) in NEEDS


def methods_of(path: str) -> list[str]:
    """The methods that an address takes."""
    return sorted(method for method, template in NEEDS if template == _template(path))


def _template(path: str) -> str:
    return f"{_DOCUMENTS}{{document_id}}" if path.startswith(_DOCUMENTS) else path


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: what they may do, and where. `collections` None is every one; `home` is the one that is
    meant where none is named. `key` is the id of their key."""

    may: Need
    collections: frozenset[str] | None = None
    home: str = "default"
    key: str | None = None

    def collection(self, named: str, said: bool) -> str:
        """The collection that a request is about. One that the caller may not see is not found, as one
        that does not exist is, without a look at whether it does."""
        meant = named if said else self.home
        if not self.may_see(meant):
            raise NotFound(f"There is no collection named {meant}")
        return meant

    def may_see(self, collection: str) -> bool:
        """Whether a collection of this name, if there is one, is the caller's to see."""
        return self.collections is None or collection in self.collections

    def sees(self, counted: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        """Those of the collections that the caller may see."""
        return {name: held for name, held in counted.items() if self.may_see(name)}


EVERYONE = Caller(Need.ADMIN)  # where no keys are asked for


def of_key(scope: str, collection: str, id: str) -> Caller:
    """The caller with this key."""
    return Caller(_SCOPES[scope], frozenset([collection]), collection, id)


def caller_of(request: Request) -> Caller:
    """Who asks, as the gate found."""
    found: Caller = getattr(request.state, "caller", EVERYONE)
    return found


def meant(request: Request, named: str, said: bool) -> str:
    """The collection that a request is about; `said`: whether it names one. Raises NotFound."""
    found = caller_of(request).collection(named, said)
    request.scope["state"].setdefault("collections", set()).add(found)  # by which pages may read the answer
    return found


def addressed(request: Request, named: str) -> str:
    """The collection that a request's address is about. Raises NotFound."""
    return meant(request, named, "collection" in request.query_params)
