"""What is under deploy/ is what its tools take, and says what the docs promise of it."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kb.config import parse

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


def test_caddy_takes_its_file() -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("there is no Caddy here")
    ran = subprocess.run(
        [caddy, "validate", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile"],
        capture_output=True,
        text=True,
        env={**os.environ, "KB_DOMAIN": "search.example.org"},
    )
    assert ran.returncode == 0, ran.stderr
