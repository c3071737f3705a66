"""The layers, and who may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("kb", "index", "service")
ABOVE = {
    "kb": {"index", "service", "tests", "bench"},
    "index": {"service", "tests", "bench"},
    "service": {"tests", "bench"},
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_downwards_only(package: str) -> None:
    upward = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imported(path)
        if name.partition(".")[0] in ABOVE[package]
    ]
    assert upward == []


@pytest.mark.parametrize("library", ["faiss", "tantivy", "apsw"])
def test_one_module_speaks_to_each_engine(library: str) -> None:
    homes = {
        "faiss": {"vectors.py"},
        "tantivy": {"lexical.py"},
        "apsw": {"storage.py", "catalogue.py", "seals.py", "keys.py", "changes.py"},
    }
    found = {path.name for package in PACKAGES for path in modules(package) if library in set(imported(path))}
    assert found == homes[library]


def test_packages_import_nothing_by_themselves() -> None:
    assert [path for p in PACKAGES for path in (ROOT / p).rglob("__init__.py") if path.read_text()] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in modules(package)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    # A child process is given this one's environment; that reads no setting from it. Where models are kept
    # is asked by an application that opens a knowledge base by itself, too.
    assert set(readers) <= {
        "service/settings.py",
        "index/opening.py",
        "index/models.py",
        "index/export.py",
        "kb/readers/worker.py",
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_unpickled_or_evaluated(package: str) -> None:
    for path in modules(package):
        names = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert names.isdisjoint({"eval", "exec"}), path
        assert not {"pickle", "joblib", "marshal", "shelve"} & set(imported(path)), path


def test_the_way_of_a_query_imports_no_torch() -> None:
    code = (
        "import sys, index.search, index.encoder, service.app, service.cli, service.server, service.batch;"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
