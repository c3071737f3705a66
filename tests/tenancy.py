"""Keys that ask for what is not theirs, at every door.

    python -m tests.tenancy --n 100000 [--seed S] [--control unbound|merged|telling]

Two worlds share a collection, `subject`, to the byte, and a file of keys. The other collections of the first
are not in the second, and the other way round. Keys of the subject, and nobody, ask both worlds the same:
questions, ids, filters, names and cursors, other collections' and hostile ones among them. What must hold:

* the answers are the same in both, so that nothing in them depends on what else there is;
* no word that only another collection has is in one, unless it was in the request;
* refusals take as long where what was named is in another collection as where it is nowhere: the times of
  what exists in one world and of what does not, drawn from both, are of one distribution (Kolmogorov and
  Smirnov's test). Every name is asked in both worlds, and so stands on both sides.

The controls break one of the three, and must be caught: keys that see every collection; an index without
collections; a door that works a little longer for what exists. `--n` counts requests to each world.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import math
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import httpx2
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.keys import Keys, Rate
from service.app import create_app
from service.gate import Doorkeeper
from service.knowledge import Knowledge, open_knowledge
from service.live import Live
from service.settings import settings

CONTROLS = ("unbound", "merged", "telling")
SUBJECT = "subject"
ORIGIN = "https://clinic.example"
_OTHERS = 5  # collections of a world beside the subject
_NOTES = 6  # documents of a collection
_RATE = Rate(1_000_000, 1)
_ALIKE = 0.01  # the least p of all surfaces' times together (Bonferroni)
_CANARY = re.compile(r"kanari[a-z]{8}")
_SECONDS = 0.0003  # that the control's door works longer
_SENTENCES = (
    "The door of room {0} is opened by {1} at nine, and {2} has the second key.",
    "Who sleeps badly before exams may ask {0} for the leaflet that {1} wrote with {2}.",
    "A session with {0} costs eighty pounds; {1} sends the bill, and {2} the receipt.",
)
_HOSTILE = (
    "{0}' OR '1'='1", "{0}\" OR \"1\"=\"1", "{0} OR *:*", "collection:{0}", "collection:\"{0}\"~9", "+{0}",
    "{0}*", "[{0} TO *]", "../{0}", "..%2f{0}", "subject/../{0}", "subject\u0000{0}", "{0}\u0000", " {0} ",
    "subject,{0}", "{0}%", "_______", "*", "%", "", "\\", "{0};--", "') UNION SELECT text FROM documents --",
    "${{{0}}}", "{{\"$ne\": null}}", "\u202e{0}", "SUBJECT", "{0}\r\nX-Collection: {0}",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What was asked and what was seen. `times` are seconds by surface: of what exists elsewhere, and of what
    is nowhere."""

    asked: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    found: int = 0  # answers with the subject's own words in them
    failures: list[str] = field(default_factory=list)
    times: dict[str, tuple[list[float], list[float]]] = field(default_factory=dict)

    @property
    def alike(self) -> dict[str, float]:
        """p of each surface's two samples being of one distribution."""
        return {surface: same_distribution(*times) for surface, times in self.times.items()}

    def told_apart(self) -> list[str]:
        """The surfaces whose times tell what exists elsewhere."""
        return [surface for surface, p in self.alike.items() if p * len(self.times) <= _ALIKE]

    def __str__(self) -> str:
        asked = ", ".join(f"{surface} {n}" for surface, n in sorted(self.asked.items()))
        statuses = ", ".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        alike = ", ".join(
            f"{surface} {p:.2f} ({len(self.times[surface][0])}+{len(self.times[surface][1])})"
            for surface, p in self.alike.items()
        )
        head = f"{self.asked.total()} requests to each world ({asked}); answered with {statuses}; "
        head += f"{self.found} with own words, {len(self.failures)} failures; KS p: {alike}"
        return "\n".join([head, *(failure[:1500] for failure in self.failures[:10])])


def same_distribution(first: Sequence[float], second: Sequence[float]) -> float:
    """The p of Kolmogorov and Smirnov's test of two samples, by its limiting distribution."""
    n, m = len(first), len(second)
    marked = sorted([(one, 1 / n) for one in first] + [(one, -1 / m) for one in second])
    distance = gap = 0.0
    for place, (value, step) in enumerate(marked):
        gap += step
        if place + 1 == len(marked) or marked[place + 1][0] != value:
            distance = max(distance, abs(gap))
    root = math.sqrt(n * m / (n + m))
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.3:
        return 1.0
    return min(1.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101)))


# -- two worlds


@dataclass(frozen=True, slots=True)
class Secret:
    """A collection that is not the subject's: what may be guessed of it, and what must be seen nowhere."""

    name: str
    ids: tuple[str, ...]
    words: tuple[str, ...]  # that stand in the same sentences as the canaries
    tags: tuple[str, ...]
    canaries: frozenset[str]


def _canary(chance: random.Random) -> str:
    return "kanari" + "".join(chance.choices("bcdfghjklmnprstvz", k=8))


def _collection(chance: random.Random, name: str) -> tuple[list[dict[str, Any]], Secret]:
    """The lines of a collection, and what is to be known of it."""
    lines, canaries, words, tags, ids = [], {name}, [], [], []
    for number in range(_NOTES):
        id, title, heading, tag, author, mood, guessed, one, two = (_canary(chance) for _ in range(9))
        text = _SENTENCES[number % len(_SENTENCES)].format(guessed, one, two)
        lines.append(
            {
                "_id": id,
                "title": f"Notes of {title}",
                "text": f"## {heading}\n\n{text}\n\nThe {heading} is kept by {one}.",
                "metadata": {
                    "collection": name,
                    "tags": [tag, "fees"],
                    "author": author,
                    "mood": mood,
                    "url": f"https://{title}.example/",
                },
            }
        )
        canaries |= {id, title, heading, tag, author, mood, guessed, one, two}
        ids.append(id), words.append(guessed), tags.append(tag)
    return lines, Secret(name, tuple(ids), tuple(words), tuple(tags), frozenset(canaries))


class World:
    """A service of its own over the subject's collection and others."""

    def __init__(self, home: Path, own: list[dict[str, Any]], others: list[list[dict[str, Any]]]) -> None:
        home.mkdir()
        origins = "".join(
            f'[[collection]]\nname = "{lines[0]["metadata"]["collection"]}"\norigins = '
            f'["https://{lines[0]["_id"]}.example"]\n'
            for lines in others
            if lines[0]["metadata"]["collection"] != SUBJECT
        )
        (home / "kb.toml").write_text(
            f'[service]\npublic_search = true\n{origins}[[collection]]\nname = "{SUBJECT}"\npublic = true\n'
        )
        self.knowledge = open_knowledge(settings(home))
        with self.knowledge.writer() as writer:
            for number, part in enumerate([own, *others]):
                path = home / f"{number}.jsonl"
                path.write_text("".join(json.dumps(line) + "\n" for line in part))
                assert not writer.ingest([path], collection="default").refused
            writer.publish()
        self.sequence = _sequence(self.knowledge)

    def serve(self, control: str | None, names: Sequence[str]) -> ASGIApp:
        """The service as it is at an address for everyone; `names` are told apart by the control."""
        self.live = Live(self.knowledge)
        self.live.start()
        # Neither a rate nor a machine that is busy with other things is what is tried here.
        limits = replace(
            self.knowledge.config.limits,
            address_requests=10**6,
            address_suggestions=10**6,
            search_deadline=60.0,
        )
        app = create_app(self.live, limits, near_only=False)
        if control == "unbound":
            keeper: Doorkeeper = app.state.keeper
            passing = keeper.pass_

            def unbound(asked: Any) -> Any:
                caller, key, standing = passing(asked)
                return replace(caller, collections=None), key, standing

            keeper.pass_ = unbound  # type: ignore[method-assign]
        return _Telling(app, names) if control == "telling" else app


def _sequence(knowledge: Knowledge) -> int:
    with knowledge.catalogue() as catalogue:
        return catalogue.sequence


class _Telling:
    """A door that works a little longer for what exists."""

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app, self._names = app, [name.encode() for name in names]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        said = scope.get("raw_path", b"") + scope.get("query_string", b"") + message.get("body", b"")
        until = time.perf_counter() + _SECONDS * any(name in said for name in self._names)
        while time.perf_counter() < until:
            pass

        waiting = [message]

        async def again() -> Any:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, again, send)


# -- what is asked


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `timed`: a surface, where it names something that is in one world and not in the other; then
    `first`: whether it is the first's."""

    surface: str
    method: str
    url: str
    content: bytes
    headers: dict[str, str]
    timed: bool = False
    first: bool = False

    def __str__(self) -> str:
        return f"{self.surface}: {self.method} {self.url} {self.content[:300]!r}"

    @property
    def said(self) -> set[str]:
        """The canaries in it."""
        sent = self.content.decode("utf-8", "replace") + unquote_plus(self.url)
        return set(_CANARY.findall(sent))


class Asker:
    """Makes up requests of the subject's keys about what is not the subject's."""

    def __init__(
        self,
        seed: int,
        own: Secret,
        first: Sequence[Secret],
        second: Sequence[Secret],
        tokens: dict[str, str],
    ) -> None:
        self._chance = random.Random(seed)
        self._own, self._first, self._second, self._tokens = own, first, second, tokens
        self._cursors: list[str] = ["AAAA"]
        self._surfaces: dict[str, Callable[[], Asked]] = {
            "search": self._search,
            "batch": self._batch,
            "suggest": self._suggest,
            "context": self._context,
            "citations": self._citations,
            "document": self._document,
            "documents": self._documents,
            "changes": self._changes,
            "collections": self._collections,
            "explain": self._explain,
            "mcp": self._mcp,
            "dify": self._dify,
            "pages": self._pages,
            "writes": self._writes,
            "errors": self._errors,
        }

    @property
    def surfaces(self) -> int:
        """How many there are."""
        return len(self._surfaces)

    def next(self) -> Asked:
        """One more request: for every third, one whose time is looked at."""
        if self._chance.random() < 0.33:
            return self._named()
        return self._surfaces[self._chance.choice(list(self._surfaces))]()

    def keep(self, cursor: str | None) -> None:
        """A cursor that was given, to be asked with by others."""
        if cursor is not None:
            self._cursors = [*self._cursors[-20:], cursor]

    def _named(self) -> Asked:
        """What names a collection, a document, a tag or a word of one world alone, and nothing else."""
        first = self._chance.random() < 0.5
        secret = self._chance.choice(self._first if first else self._second)
        id, name, tag = self._chance.choice(secret.ids), secret.name, self._chance.choice(secret.tags)
        passages = [{"mark": 1, "document_id": id, "start": 0, "end": 9}]
        asks: list[tuple[str, str, str, object]] = [
            ("search", "POST", "/v1/search", {"query": "fees", "collection": name}),
            ("batch", "POST", "/v1/search/batch", {"queries": [{"query": "fees", "collection": name}]}),
            ("suggest", "POST", "/v1/suggest", {"prefix": "no", "collection": name}),
            ("context", "POST", "/v1/context", {"query": "fees", "tokens": 99, "collection": name}),
            ("citations", "POST", "/v1/citations/check", {"answer": "So [1].", "passages": passages}),
            ("document", "GET", f"/v1/documents/{id}", None),
            ("documents", "GET", f"/v1/documents?collection={name}", None),
            ("changes", "GET", f"/v1/changes?collection={name}", None),
            ("write", "DELETE", f"/v1/documents/x?collection={name}", None),
            ("filter", "POST", "/v1/search", _of_words(filters={"tags": [tag]})),
            ("filter by id", "POST", "/v1/search", _of_words(filters={"document_id": [id]})),
            (
                "dify",
                "POST",
                "/retrieval",
                {"knowledge_id": name, "query": "fees", "retrieval_setting": {"top_k": 3}},
            ),
        ]
        surface, method, url, body = self._chance.choice(asks)
        scope = "ingest" if surface == "write" else "search"
        return replace(self._asked(surface, method, url, body, scope), timed=True, first=first)

    # -- parts of requests

    def _asked(
        self, surface: str, method: str, url: str, body: object = None, scope: str | None = None, **more: str
    ) -> Asked:
        scope = scope or self._chance.choice(("search", "search", "ingest", "admin", "page", "nobody"))
        headers = {"content-type": "application/json", **more}
        if scope != "nobody":
            headers["authorization"] = f"Bearer {self._tokens[scope]}"
        if scope == "page":
            headers["origin"] = ORIGIN
        content = b"" if body is None else json.dumps(body).encode()
        return Asked(surface, method, url, content, headers)

    def _secret(self) -> Secret:
        return self._chance.choice([*self._first, *self._second])

    def _hostile(self) -> str:
        return self._chance.choice(_HOSTILE).format(self._secret().name)

    def _place(self) -> str | None:
        """The collection that is named, if one is."""
        dice = self._chance.random()
        if dice < 0.4:
            return None
        if dice < 0.55:
            return SUBJECT
        return self._secret().name if dice < 0.8 else self._hostile()

    def _somewhere(self) -> dict[str, str]:
        place = self._place()
        return {} if place is None else {"collection": place}

    def _at(self, **more: str) -> str:
        """The same in an address."""
        said = {**self._somewhere(), **more}
        return "?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in said.items()) if said else ""

    def _words(self) -> str:
        """Own words, others', others' misspelled or begun, and what might mean something to an engine."""
        secret, chance = self._secret(), self._chance
        word = chance.choice(secret.words)
        cut = chance.randrange(7, 13)
        return chance.choice(
            (
                "how much does a session cost",
                "who opens the door",
                chance.choice(self._own.words),
                word,
                f"{word[:cut]}{word[cut + 1 :]}",
                word[:cut],
                f"who has the second key beside {word}",
                chance.choice(secret.ids),
                self._hostile() or "fees",
            )
        )

    def _ids(self) -> list[str]:
        own, secret = self._chance.choice(self._own.ids), self._chance.choice(self._secret().ids)
        return self._chance.choice(([own], [secret], [own, secret], [self._hostile()]))

    def _filters(self) -> dict[str, object]:
        chance = self._chance
        if chance.random() < 0.5:
            return {}
        tags = [chance.choice(self._own.tags)], [chance.choice(self._secret().tags)], [self._hostile()]
        return chance.choice(
            ({"tags": chance.choice(tags)}, {"document_id": self._ids()}, {"language": "en"})
        )

    def _query(self) -> dict[str, object]:
        chance = self._chance
        body: dict[str, object] = {"query": self._words(), **self._somewhere(), "filters": self._filters()}
        if chance.random() < 0.6:  # half the time without the model, which is what takes longest
            body["mode"] = chance.choice(("lexical", "lexical", "dense"))
        if chance.random() < 0.3:
            body |= {"limit": chance.choice((1, 2, 50)), "group": chance.random() < 0.5}
        if chance.random() < 0.1:
            body |= {"cursor": chance.choice(self._cursors), "query": f"{body['query']} once more"}
        return body

    # -- surfaces

    def _search(self) -> Asked:
        return self._asked("search", "POST", "/v1/search", self._query())

    def _batch(self) -> Asked:
        queries = [self._query() for _ in range(self._chance.choice((1, 2)))]
        return self._asked("batch", "POST", "/v1/search/batch", {"queries": queries})

    def _explain(self) -> Asked:
        return self._asked("explain", "POST", "/v1/search", {**self._query(), "explain": True}, "admin")

    def _suggest(self) -> Asked:
        return self._asked("suggest", "POST", "/v1/suggest", {"prefix": self._words(), **self._somewhere()})

    def _context(self) -> Asked:
        query = self._query()
        body = {key: query[key] for key in query.keys() - {"limit", "group", "cursor"}}
        return self._asked(
            "context", "POST", "/v1/context", {**body, "tokens": self._chance.choice((50, 900))}
        )

    def _citations(self) -> Asked:
        passages = [
            {"mark": n, "document_id": id, "start": 0, "end": 30} for n, id in enumerate(self._ids(), 1)
        ]
        answer = f"It is “{self._words()}” [1], and [2]."
        body = {"answer": answer, "passages": passages, **self._somewhere()}
        return self._asked("citations", "POST", "/v1/citations/check", body)

    def _document(self) -> Asked:
        id = quote(self._ids()[0], safe="") or "x"
        return self._asked("document", "GET", f"/v1/documents/{id}{self._at()}")

    def _documents(self) -> Asked:
        return self._asked("documents", "GET", f"/v1/documents{self._at(after=self._ids()[0], limit='3')}")

    def _changes(self) -> Asked:
        return self._asked("changes", "GET", f"/v1/changes{self._at(after=self._chance.choice('0123'))}")

    def _collections(self) -> Asked:
        return self._asked("collections", "GET", "/v1/collections")

    def _mcp(self) -> Asked:
        tool, told = self._chance.choice(
            (
                ("search", {"query": self._words(), **self._somewhere()}),
                ("read", {"document_id": self._ids()[0], **self._somewhere()}),
                ("collections", {}),
            )
        )
        call = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": told},
        }
        said = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
        return self._asked("mcp", "POST", "/mcp", call, self._chance.choice(("search", "admin")), **said)

    def _dify(self) -> Asked:
        setting = {"top_k": self._chance.choice((1, 9)), "score_threshold": 0.0}
        body = {
            "knowledge_id": self._place() or SUBJECT,
            "query": self._words(),
            "retrieval_setting": setting,
        }
        return self._asked("dify", "POST", "/retrieval", body)

    def _pages(self) -> Asked:
        path = self._chance.choice(("/", "/embed"))
        if self._chance.random() < 0.5:
            return self._asked("pages", "GET", f"{path}{self._at()}")
        form = {"q": self._words(), **self._somewhere()}
        content = "&".join(f"{key}={quote(value, safe='')}" for key, value in form.items())
        asked = self._asked("pages", "POST", path, **{"content-type": "application/x-www-form-urlencoded"})
        return replace(asked, content=content.encode("utf-8", "surrogatepass"))

    def _writes(self) -> Asked:
        """What must be refused: a document, a removal or a line for another collection."""
        secret = self._secret()
        line = {
            "_id": self._chance.choice(secret.ids),
            "text": "gone",
            "metadata": {"collection": secret.name},
        }
        where = f"/v1/documents/{line['_id']}?collection={secret.name}"
        scope = self._chance.choice(("ingest", "admin"))
        method, url, body = self._chance.choice(
            (("PUT", where, {"text": "gone"}), ("DELETE", where, None), ("POST", "/v1/documents", line))
        )
        return self._asked("writes", method, url, body, scope)

    def _errors(self) -> Asked:
        asked = self._surfaces[self._chance.choice(("search", "context", "citations", "dify"))]()
        how = self._chance.randrange(3)
        if how == 0:
            return replace(asked, surface="errors", content=asked.content[: len(asked.content) // 2])
        if how == 1:
            return replace(
                asked, surface="errors", headers={**asked.headers, "authorization": "Bearer kb_0_x"}
            )
        body = {
            **json.loads(asked.content),
            "limit": 10**9,
            "tokens": -1,
            "query": self._secret().words[0] * 99,
        }
        return replace(asked, surface="errors", content=json.dumps(body).encode())


def _of_words(**more: object) -> dict[str, object]:
    return {"query": "how much does a session cost", "mode": "lexical", **more}


# -- what is seen

# Of the request, or of all that was ever written.
_VARYING = re.compile(r'\\?"(request_id|took_ms|generation)\\?": ?(\\?"[^"]*"|[0-9.]+)')
_FLEETING = frozenset({"x-request-id", "ratelimit", "content-length", "date"})


def _essence(response: httpx2.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """What is to be the same in both worlds."""
    headers = sorted((name, value) for name, value in response.headers.items() if name not in _FLEETING)
    return response.status_code, _VARYING.sub(r"\1", response.text), headers


async def _ask(
    clients: Sequence[httpx2.AsyncClient], asker: Asker, own: frozenset[str], n: int, chance: random.Random
) -> Tally:
    tally = Tally()
    for _ in range(n):
        asked = asker.next()
        order = [0, 1] if chance.random() < 0.5 else [1, 0]
        seen: dict[int, httpx2.Response] = {}
        for world in order:
            started = time.perf_counter()
            seen[world] = await clients[world].request(
                asked.method, asked.url, content=asked.content, headers=asked.headers
            )
            if asked.timed:
                elsewhere = asked.first == (world == 0)
                times = tally.times.setdefault(asked.surface, ([], []))
                times[0 if elsewhere else 1].append(time.perf_counter() - started)
        _look(tally, asked, seen[0], seen[1], own)
        if asked.surface == "search" and seen[0].status_code == 200:
            asker.keep(seen[0].json()["next"])
    return tally


def _look(
    tally: Tally, asked: Asked, first: httpx2.Response, second: httpx2.Response, own: frozenset[str]
) -> None:
    tally.asked[asked.surface] += 1
    tally.statuses[first.status_code] += 1
    if _essence(first) != _essence(second):
        tally.failures.append(f"{asked}: {_essence(first)} and {_essence(second)}")
    for response in (first, second):
        heard = set(_CANARY.findall(response.text + str(response.headers))) - asked.said
        tally.found += bool(heard & own)
        if heard - own:
            tally.failures.append(f"{asked} was told {sorted(heard - own)}")
        if response.status_code >= 500:
            tally.failures.append(f"{asked} was answered with {response.status_code}: {response.text[:300]}")


def tenancy(n: int, seed: int = 0, control: str | None = None) -> Tally:
    """Asks `n` requests of each of two worlds."""
    chance = random.Random(seed)
    own_lines, own = _collection(chance, SUBJECT)
    others = [[_collection(chance, _canary(chance)) for _ in range(_OTHERS)] for _ in range(2)]
    if control == "merged":
        for line in (line for world in others for lines, _ in world for line in lines):
            line["metadata"]["collection"] = SUBJECT
    with tempfile.TemporaryDirectory(prefix="kb-tenancy-") as folder, ExitStack() as ending:
        worlds = [
            World(Path(folder) / str(number), own_lines, [lines for lines, _ in held])
            for number, held in enumerate(others)
        ]
        tokens = _keys(worlds)
        names = [
            [name for _, secret in held for name in (secret.name, *secret.ids, *secret.tags)]
            for held in others
        ]
        apps = [world.serve(control, told) for world, told in zip(worlds, names, strict=True)]
        for world in worlds:
            ending.callback(world.live.stop)
        secrets = [[secret for _, secret in held] for held in others]
        asker = Asker(seed, own, secrets[0], secrets[1], tokens)
        tally = asyncio.run(_asked(apps, asker, own.canaries, n, chance))
        for world in worlds:
            if _sequence(world.knowledge) != world.sequence:
                tally.failures.append("something was written")
    return tally


async def _asked(
    apps: Sequence[ASGIApp], asker: Asker, own: frozenset[str], n: int, chance: random.Random
) -> Tally:
    transports = [httpx2.ASGITransport(app=app, client=("203.0.113.9", 50000)) for app in apps]
    async with (
        httpx2.AsyncClient(transport=transports[0], base_url="http://kb.example", timeout=60) as first,
        httpx2.AsyncClient(transport=transports[1], base_url="http://kb.example", timeout=60) as second,
    ):
        return await _ask((first, second), asker, own, n, chance)


def _keys(worlds: Sequence[World]) -> dict[str, str]:
    """The subject's keys, the same ones in every world."""
    keys = Keys(worlds[0].knowledge.data)
    tokens = {scope: keys.create(scope, SUBJECT, rate=_RATE)[1] for scope in ("search", "ingest", "admin")}
    tokens["page"] = keys.create("search", SUBJECT, rate=_RATE, origins=[ORIGIN])[1]
    for world in worlds[1:]:
        shutil.copy(worlds[0].knowledge.data / "keys.sqlite", world.knowledge.data)
    return tokens


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where nothing was told, in words or time; with `--control`, 0 where something was."""
    parser = argparse.ArgumentParser(prog="python -m tests.tenancy", description=__doc__)
    parser.add_argument("--n", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--control", choices=CONTROLS, default=None)
    given = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    tally = tenancy(given.n, given.seed, given.control)
    apart = tally.told_apart()
    print(tally)
    if apart:
        print(f"told apart by time: {', '.join(apart)}")
    return int(bool(tally.failures or apart) != bool(given.control))


if __name__ == "__main__":
    sys.exit(main())
