"""What is under deploy/ is what its tools take, and says what the docs promise of it."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from kb.config import parse
from kb.keys import Keys
from tests.service.process import Served, free_port

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def test_the_services_of_the_compose_file_can_do_little() -> None:
    content = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert set(content["services"]) == {"kb", "caddy"}
    for service in content["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        for network in service["networks"]:
            assert network in content["networks"]
    assert "ports" not in content["services"]["kb"]  # reached through Caddy alone
    assert content["services"]["kb"]["networks"] == ["inside"]
    assert content["networks"]["inside"]["internal"] is True


def test_the_knowledge_base_that_the_compose_file_describes_can_be_served() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    lines = re.findall(r"^#   (\[service\]|public_search.*|proxies.*)$", text, re.MULTILINE)
    config = parse("\n".join(lines), ROOT)
    assert config.service.public_search
    subnet = yaml.safe_load(text)["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert config.service.proxies == (subnet,)


def test_the_unit_runs_the_command_confined() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(DEPLOY / "kb.service")
    service = unit["Service"]
    assert service["ExecStart"].split()[1:] == [
        "serve",
        "--home",
        "/var/lib/kb",
        "--host",
        "127.0.0.1",
        "--port",
        "8000",
    ]
    assert service["NoNewPrivileges"] == "true"
    assert service["ProtectSystem"] == "strict"
    assert service["User"] == "kb"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("there is no systemd here")
    text = (DEPLOY / "kb.service").read_text().replace("/opt/kb/bin/kb", "/bin/true")
    (tmp_path / "kb.service").write_text(text)
    ran = subprocess.run([analyze, "verify", tmp_path / "kb.service"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "Unknown" not in ran.stderr


# -- behind Caddy


class Proxied:
    """The service as the Compose file has it: behind a Caddy with the Caddyfile that is there, but at other
    ports, with a certificate of its own making."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served, self.port = served, free_port()
        self.url = f"https://localhost:{self.port}"
        self._root = folder / "pki" / "authorities" / "local" / "root.crt"
        config = _adapted()
        config |= {"admin": {"disabled": True}, "storage": {"module": "file_system", "root": str(folder)}}
        config["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
        http = config["apps"]["http"] = {**config["apps"]["http"], "http_port": free_port()}
        http["https_port"] = self.port
        http["servers"]["srv0"]["listen"] = [f"127.0.0.1:{self.port}"]
        text = json.dumps(config)
        assert text.count('"kb:8000"') == 1
        (folder / "caddy.json").write_text(text.replace("kb:8000", f"127.0.0.1:{served.port}"))
        home = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        command = [_caddy(), "run", "--config", folder / "caddy.json"]
        self.process = subprocess.Popen(command, env=home, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < deadline, "Caddy does not answer"
            time.sleep(0.1)

    def client(self, address: str = "127.0.0.1") -> httpx2.Client:
        """One that trusts Caddy's own authority alone, at this address of the loopback."""
        transport = httpx2.HTTPTransport(
            verify=ssl.create_default_context(cafile=str(self._root)), local_address=address
        )
        return httpx2.Client(base_url=self.url, transport=transport, timeout=60)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return client.get("/health/ready").status_code == 200
        except (OSError, httpx2.TransportError):
            return False


def _caddy() -> str:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("there is no Caddy here")
    return caddy


def _adapted() -> dict[str, Any]:
    """The Caddyfile as Caddy understands it."""
    ran = subprocess.run(
        [_caddy(), "adapt", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile"],
        capture_output=True,
        text=True,
        env={**os.environ, "KB_DOMAIN": "localhost"},
    )
    assert ran.returncode == 0, ran.stderr
    config: dict[str, Any] = json.loads(ran.stdout)
    return config


@pytest.fixture(scope="module")
def token(home_behind: Path) -> str:
    return Keys(home_behind / ".kb").create("admin", "default")[1]


@pytest.fixture(scope="module")
def home_behind(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    _caddy()
    home = Path(shutil.copytree(practice, tmp_path_factory.mktemp("behind") / "home"))
    text = (home / "kb.toml").read_text()
    more = '[service]\npublic_search = true\nproxies = ["127.0.0.1"]\n'
    (home / "kb.toml").write_text(text.replace("[service]\n", more) + "\n[limits]\naddress_requests = 5\n")
    return home


@pytest.fixture(scope="module")
def proxied(home_behind: Path, token: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    assert token
    with Served(home_behind) as served:
        proxied = Proxied(served, tmp_path_factory.mktemp("caddy"))
        yield proxied
        proxied.process.terminate()
        proxied.process.wait(20)


def search(client: httpx2.Client, **headers: str) -> httpx2.Response:
    return client.post("/v1/search", json={"query": "how much is a session"}, headers=headers)


def test_an_answer_comes_over_tls_with_its_requests_name(proxied: Proxied) -> None:
    with proxied.client("127.0.0.10") as client:
        found = search(client, **{"X-Request-ID": "abcdefgh-12"})
    assert found.json()["results"]
    assert found.headers["x-request-id"] == "abcdefgh-12"
    assert found.headers["strict-transport-security"] == "max-age=31536000"
    with pytest.raises(httpx2.ConnectError, match="certificate"):
        httpx2.get(f"{proxied.url}/health/live", verify=True)


def test_whom_the_proxy_asks_for_is_told_apart_and_cannot_say_that_they_are_another(
    proxied: Proxied,
) -> None:
    with proxied.client("127.0.0.11") as one, proxied.client("127.0.0.12") as other:
        said = [search(one, **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(6)]
        assert said == [200] * 5 + [429]
        assert search(other).status_code == 200


def test_who_asks_past_the_proxy_is_believed_nothing(proxied: Proxied) -> None:
    transport = httpx2.HTTPTransport(local_address="127.0.0.13")
    with httpx2.Client(base_url=proxied.served.url, transport=transport) as client:
        said = [search(client, **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(6)]
        assert said == [200] * 5 + [429]


def test_what_is_for_the_owner_is_not_shown_outside(proxied: Proxied, token: str) -> None:
    bearing = {"Authorization": f"Bearer {token}"}
    with proxied.client() as client:
        for path in ("/metrics", "/%6detrics", "//metrics", "/METRICS", "/admin", "/%61dmin"):
            hidden = client.get(f"{proxied.url}{path}", headers=bearing)
            assert (hidden.status_code, hidden.text) == (404, ""), path
    with httpx2.Client(base_url=proxied.served.url) as behind:
        assert "kb_requests_total" in behind.get("/metrics", headers=bearing).text


def test_a_stream_of_documents_that_is_long_in_coming_goes_through(proxied: Proxied, token: str) -> None:
    """Most of its lines are refused, so that it is soon over. The first is written before the others come."""
    documents: list[dict[str, object]] = [{"_id": f"note/{n}", "note": "x" * 1000} for n in range(3000)]
    documents[::100] = [{"_id": f"note/{n}", "text": f"Note {n}."} for n in range(0, 3000, 100)]
    lines = [json.dumps(one).encode() + b"\n" for one in documents]

    def coming() -> Iterator[bytes]:
        yield lines[0]
        time.sleep(1)
        yield from lines[1:]

    headers = {"Authorization": f"Bearer {token}"}
    with proxied.client() as client:
        for change in ("added", "unchanged"):
            answer = client.post("/v1/documents", content=coming(), headers=headers)
            changes = [json.loads(line)["change"] for line in answer.text.splitlines()]
            assert changes == [change if n % 100 == 0 else "refused" for n in range(3000)]
