"""The gate: who asks, whether they may, how often, and which pages may read the answer.

Plain ASGI, before a body is read: a request that is turned away costs microseconds.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import structlog
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.config import Config
from kb.errors import KnowledgeBaseError
from kb.keys import Key, KeyRing, Rate
from service.access import EVERYONE, SCOPE_OF, Caller, Need, is_endpoint, need_of, of_key
from service.cors import Origins, is_own, preflight, readable
from service.incoming import is_by_own_name, is_near
from service.page import refusal
from service.rates import Rates, Standing

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_MINUTE = 60
_SUGGEST = "/v1/suggest"
_ADMIN = "/admin"
_CHALLENGE = 'Bearer realm="kb"'
_ELSEWHERE = (
    "there are no keys, so only who asks by a name of this machine (127.0.0.1, localhost) is answered. Make "
    "one: kb keys create --scope search; or let everyone search: public_search = true under [service] in "
    "kb.toml"
)
_SCHEMES = ("http", "https")
_SIGN_IN = 'Basic realm="kb", charset="UTF-8"'


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gate looks at in a request."""

    method: str
    path: str
    address: str
    near: bool
    by_own_name: bool  # whether it is asked by a name of this machine
    token: str | None
    signed_in: bool  # whether the token is the password that a browser was told, and sends by itself
    origin: str | None
    own: bool  # whether the page that asks is the service's own


class Refused(Exception):
    """A request that may not pass: a problem's status and words, and headers of the answer."""

    def __init__(
        self, status: int, detail: str, challenge: str | None = None, standing: Standing | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.challenge, self.standing = status, detail, challenge, standing


class Doorkeeper:
    """Decides who passes. `near_only`: whether the service listens to this machine alone."""

    def __init__(self, config: Config, keys: KeyRing, near_only: bool) -> None:
        self._config, self.keys, self._near_only = config, keys, near_only
        self._rates = Rates()
        self.origins = Origins(config)
        self._proxies = [ipaddress.ip_network(one) for one in config.service.proxies]
        public = config.public
        home = next(iter(public)) if len(public) == 1 else "default"
        self._public = Caller(Need.PUBLIC, public, home)

    @property
    def open(self) -> bool:
        """Whether everything is open to whoever asks by a name of this machine: where it listens to nobody
        else, without keys."""
        return self._near_only and not self.keys.any

    @property
    def is_open(self) -> bool:
        """The same for who only describes it: keys that cannot be read close it."""
        try:
            return self.open
        except KnowledgeBaseError:
            return False

    @property
    def public(self) -> bool:
        """Whether everyone may search."""
        return self._config.service.public_search

    def pass_(self, asked: Asked) -> tuple[Caller, Key | None, Standing | None]:
        """Who asks, with which key, and how near they are to their limit. Raises Refused."""
        need = need_of(asked.method, asked.path)
        is_open = self.open
        if is_open and asked.by_own_name:
            self._check_page(asked, need, None)
            return EVERYONE, None, None
        if need is Need.NOTHING:
            return Caller(Need.NOTHING), None, None
        if is_open and not self.public:
            raise Refused(403, _ELSEWHERE)
        key = None if asked.token is None else self.keys.find(asked.token)
        if asked.signed_in and (key is None or key.scope != "admin" or key.origins):
            standing = self._address(asked)
            raise Refused(401, "the password of this page is an admin key", _SIGN_IN, standing)
        if key is not None:
            return self._with_key(asked, need, key)
        if need is Need.ADMIN and asked.near and asked.token is None:
            self._check_page(asked, need, None)
            return EVERYONE, None, None
        standing = self._address(asked)
        if asked.token is not None:
            raise Refused(401, "this key is not one that is taken", f'{_CHALLENGE}, error="invalid_token"')
        if need is Need.PUBLIC and self._config.service.public_search:
            return self._public, None, standing
        if asked.path == _ADMIN:
            raise Refused(
                401, "this page is for this machine, or for an admin key as the password", _SIGN_IN, standing
            )
        raise Refused(401, "a key is needed here: Authorization: Bearer …", _CHALLENGE)

    def client(self, peer: str, forwarded: str | None) -> str:
        """The address that counts: the peer's, or what proxies that are trusted say of whom they asked
        for. Of an IPv6 address the network, of which everyone has 2**64."""
        for address in (peer, *reversed((forwarded or "").split(","))):
            try:
                found = _parsed(address.strip())
            except ValueError:
                return peer
            if not self._is_proxy(found):
                break
            peer = address.strip()
        if found.version == 6:
            return str(ipaddress.ip_network((found, 64), strict=False))
        return str(found)

    def scheme(self, peer: str, said: str, forwarded: str | None) -> str:
        """How the service is asked: as the connection says, or a proxy that is trusted says of its own."""
        told = (forwarded or "").strip().lower()
        try:
            believed = told in _SCHEMES and self._is_proxy(_parsed(peer))
        except ValueError:
            return said
        return told if believed else said

    def _is_proxy(self, address: _Address) -> bool:
        return any(address in network for network in self._proxies)

    def _with_key(self, asked: Asked, need: Need, key: Key) -> tuple[Caller, Key, Standing]:
        self._check_page(asked, need, key)
        if key.origins:  # it stands in a page for all to read: one visitor is not to use it up for all
            self._address(asked)
        rate = key.rate or Rate(self._config.limits.key_requests, _MINUTE)
        standing = self._within(self._rates.take("key", key.id, rate))
        caller = of_key(key.scope, key.collection, key.id)
        if caller.may < need and is_endpoint(asked.method, asked.path):
            scope = SCOPE_OF[need]
            raise Refused(
                403,
                f"this key's scope is {key.scope}; this needs {scope}",
                f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"',
                standing,
            )
        return caller, key, standing

    def _check_page(self, asked: Asked, need: Need, key: Key | None) -> None:
        """A page of another origin writes only where it may ask at all: some requests a browser sends
        without asking first, and what it sends by itself is for the service's own pages. A key that is bound
        to pages is taken from these alone."""
        if key is not None and key.origins:
            if asked.origin not in key.origins:
                raise Refused(403, "this key is for pages of other origins")
        elif need >= Need.INGEST and asked.origin is not None and not asked.own:
            collection = "" if key is None else key.collection
            allowed = self.origins.of(collection) if key else self.origins.any
            if asked.signed_in or asked.origin not in allowed:
                raise Refused(403, "pages of this origin may not do this")

    def _address(self, asked: Asked) -> Standing:
        limits = self._config.limits
        if asked.path == _SUGGEST:
            rate = Rate(limits.address_suggestions, _MINUTE)
            return self._within(self._rates.take("suggestions", asked.address, rate))
        rate = Rate(limits.address_requests, _MINUTE)
        return self._within(self._rates.take("address", asked.address, rate))

    def _within(self, standing: Standing) -> Standing:
        if not standing.allowed:
            whose = "this key" if standing.policy == "key" else "one address"
            raise Refused(429, f"more than {standing.rate} of {whose}", None, standing)
        return standing


class Gate:
    """Lets in whom the doorkeeper lets pass, and tells the routes who it is."""

    def __init__(self, app: ASGIApp, keeper: Doorkeeper, request_id: Callable[[Scope], str]) -> None:
        self._app, self._keeper, self._request_id = app, keeper, request_id
        self._told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        asked = self._asked(scope, headers)
        key: Key | None = None
        standing: Standing | None = None

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                origin = self._reader(asked, key, scope["state"].get("collections"))
                message["headers"] = readable(message.get("headers", []), origin)
                if standing is not None:
                    message["headers"] += standing.headers()
            await send(message)

        if asked.method == "OPTIONS" and asked.origin and "access-control-request-method" in headers:
            allowed = not asked.own and asked.origin in self._known_origins()
            await _preflight(asked.origin, allowed)(scope, receive, send)
            return
        try:
            caller, key, standing = self._keeper.pass_(asked)
        except Refused as refused:
            standing = refused.standing
            await self._refusal(scope, refused)(scope, receive, told)
            return
        except KnowledgeBaseError as error:
            self._tell(error)
            closed = Refused(503, "the keys of this service cannot be read; its log says why")
            await self._refusal(scope, closed)(scope, receive, told)
            return
        scope["state"]["caller"] = caller
        await self._app(scope, receive, told)

    def _asked(self, scope: Scope, headers: Mapping[str, str]) -> Asked:
        scope.setdefault("state", {})
        peer = scope["client"][0] if scope.get("client") else ""
        scope["scheme"] = self._keeper.scheme(
            peer, scope.get("scheme", "http"), headers.get("x-forwarded-proto")
        )
        kind, _, said = headers.get("authorization", "").partition(" ")
        signed_in = kind.lower() == "basic" and scope["path"] == _ADMIN
        token = _password(said) if signed_in else said.strip() if kind.lower() == "bearer" else None
        origin = headers.get("origin")
        return Asked(
            method=scope["method"],
            path=scope["path"],
            address=self._keeper.client(peer, headers.get("x-forwarded-for")),
            near=is_near(peer, headers),
            by_own_name=is_by_own_name(headers),
            token=token,
            signed_in=signed_in,
            origin=origin,
            own=origin is not None and is_own(origin, headers.get("host", "")),
        )

    def _reader(self, asked: Asked, key: Key | None, collections: set[str] | None) -> str | None:
        """The origin whose pages may read the answer, if it is another than the service's own."""
        if asked.origin is None or asked.own:
            return None
        if key is not None:
            allowed = self._keeper.origins.of(key.collection).union(key.origins)
        elif collections:
            allowed = frozenset.intersection(*map(self._keeper.origins.of, collections))
        else:  # refused, or about nothing in particular
            allowed = self._known_origins()
        return asked.origin if asked.origin in allowed else None

    def _known_origins(self) -> frozenset[str]:
        try:
            return self._keeper.origins.any.union(self._keeper.keys.origins())
        except KnowledgeBaseError:
            return self._keeper.origins.any

    def _refusal(self, scope: Scope, refused: Refused) -> Response:
        response = refusal(scope, refused.status, refused.detail, self._request_id(scope))
        if refused.challenge is not None:
            response.headers["WWW-Authenticate"] = refused.challenge
        if refused.status == 429 and refused.standing is not None:
            response.headers["Retry-After"] = str(refused.standing.reset)
        return response

    def _tell(self, error: KnowledgeBaseError) -> None:
        """Once, not with every request."""
        if not self._told:
            self._told = True
            structlog.get_logger().error("keys", kind=type(error).__name__, message=str(error))


def _password(credentials: str) -> str:
    """The password of HTTP Basic (RFC 7617), whatever the name; nothing where it cannot be read."""
    try:
        said = base64.b64decode(credentials.strip(), validate=True).decode()
    except ValueError:
        return ""
    return said.partition(":")[2]


def _headers(scope: Scope) -> dict[str, str]:
    """By their names, which ASGI gives in lower case; of several of one name the first."""
    return {name.decode("latin-1"): said.decode("latin-1") for name, said in reversed(scope["headers"])}


@lru_cache(maxsize=256)
def _parsed(address: str) -> _Address:
    return ipaddress.ip_address(address)


def _preflight(origin: str, allowed: bool) -> Response:
    response = Response(status_code=204)
    response.raw_headers.extend(preflight(origin, allowed))
    return response
