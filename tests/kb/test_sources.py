import hashlib
import os
import socket
from pathlib import Path

import pytest

from kb.limits import MEGABYTE, Limits
from kb.sources import File, walk
from kb.types import Refusal

LIMITS = Limits()


def files(*sources: Path, limits: Limits = LIMITS) -> list[str]:
    return [item.document_id for item in walk(sources, limits) if isinstance(item, File)]


def refused(*sources: Path, limits: Limits = LIMITS) -> list[tuple[str, str]]:
    return [(item.source, item.reason) for item in walk(sources, limits) if isinstance(item, Refusal)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "team").mkdir(parents=True)
    (folder / "fees.html").write_text("<p>Sixty pounds.")
    (folder / "team" / "jane.md").write_text("# Jane")
    (folder / "about.txt").write_text("About us")
    return folder


def test_a_folder_is_walked_in_order_and_its_name_begins_every_id(site: Path) -> None:
    found = [item for item in walk([site], LIMITS) if isinstance(item, File)]
    assert [f.document_id for f in found] == ["site/about.txt", "site/fees.html", "site/team/jane.md"]
    assert {f.folder for f in found} == {"site"}
    assert found[0].digest == hashlib.sha256(b"About us").hexdigest()
    assert found[0].path.read_text() == "About us"


def test_a_folder_below_is_named_by_itself(site: Path) -> None:
    assert files(site / "team") == ["team/jane.md"]


def test_a_named_file_has_its_bare_name_and_no_folder(site: Path) -> None:
    (found,) = walk([site / "fees.html"], LIMITS)
    assert isinstance(found, File)
    assert (found.document_id, found.folder) == ("fees.html", None)


def test_the_current_folder_has_its_real_name(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site)
    assert files(Path()) == ["site/about.txt", "site/fees.html", "site/team/jane.md"]
    monkeypatch.chdir(site / "team")
    assert files(Path("..")) == ["site/about.txt", "site/fees.html", "site/team/jane.md"]


def test_each_file_that_is_not_taken_is_one_line_and_the_rest_goes_on(site: Path) -> None:
    (site / "empty.txt").touch()
    (site / "tool.exe").write_bytes(b"MZ")
    (site / "README").write_text("no extension")
    (site / "copy.txt").write_text("Sixty pounds.")
    (site / "copy.md").write_text("Sixty pounds.")
    (site / "large.txt").write_text("x" * (MEGABYTE + 1))
    (site / ".env").write_text("SECRET=1")
    (site / ".git").mkdir()
    (site / ".git" / "a.txt").write_text("a")
    (site / ".git" / "b.txt").write_text("b")
    assert refused(site, limits=Limits(file_bytes=MEGABYTE)) == [
        ("site/.env", "is hidden"),
        ("site/.git", "is hidden"),
        ("site/README", "is of a kind that is not read (no file extension)"),
        ("site/copy.txt", "is a duplicate of site/copy.md"),
        ("site/empty.txt", "is empty"),
        ("site/large.txt", "is larger than 1 MB"),
        ("site/tool.exe", "is of a kind that is not read (.exe)"),
    ]
    assert len(files(site, limits=Limits(file_bytes=MEGABYTE))) == 4


def test_a_link_in_a_folder_is_not_followed(site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("outside")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    (site / "loop").symlink_to(site)
    (site / "broken.txt").symlink_to("nowhere")
    assert refused(site) == [
        ("site/broken.txt", "is a symbolic link"),
        ("site/link.txt", "is a symbolic link"),
        ("site/loop", "is a symbolic link"),
    ]


def test_a_link_that_is_named_is_followed(site: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(site)
    assert files(tmp_path / "current") == ["current/about.txt", "current/fees.html", "current/team/jane.md"]


def test_a_pipe_and_a_socket_do_not_hang(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(site / "pipe.txt")
    monkeypatch.chdir(site)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.txt")
        assert refused(site) == [
            ("site/pipe.txt", "is not a regular file"),
            ("site/socket.txt", "is not a regular file"),
        ]
    assert refused(site / "pipe.txt") == [("pipe.txt", "is not a regular file")]


def test_a_source_that_is_not_there_does_not_stop_the_others(site: Path, tmp_path: Path) -> None:
    items = list(walk([tmp_path / "gone", site / "fees.html", Path("a\0b")], LIMITS))
    assert [type(item) for item in items] == [Refusal, File, Refusal]
    assert isinstance(items[0], Refusal)
    assert items[0].reason == "does not exist"


def test_two_files_of_one_name_are_one_document(tmp_path: Path) -> None:
    for folder, text in (("a", "one"), ("b", "two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "fees.txt").write_text(text)
    named = [tmp_path / "a" / "fees.txt", tmp_path / "b" / "fees.txt"]
    assert files(*named) == ["fees.txt"]
    assert refused(*named) == [("fees.txt", "has the same name as a file that was read before it")]


def test_what_is_named_twice_is_read_once(site: Path) -> None:
    assert len(files(site, site)) == 3
    assert {reason for _, reason in refused(site, site)} == {
        "is a duplicate of site/about.txt",
        "is a duplicate of site/fees.html",
        "is a duplicate of site/team/jane.md",
    }


def test_an_id_is_the_same_whichever_way_a_system_spells_an_accent(tmp_path: Path) -> None:
    (tmp_path / "cafe\u0301.txt").write_text("x")
    assert files(tmp_path / "cafe\u0301.txt") == ["caf\u00e9.txt"]


def test_a_name_that_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "line\nbreak.txt").write_text("x")
    try:
        (folder / os.fsdecode(b"caf\xe9.txt")).write_text("y")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    assert refused(folder) == [
        ("site/caf\\udce9.txt", "name has characters that cannot be shown"),
        ("site/line\\x0abreak.txt", "name has characters that cannot be shown"),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused(site: Path) -> None:
    (site / "fees.html").chmod(0)
    (site / "team").chmod(0)
    assert refused(site) == [
        ("site/fees.html", "may not be read (permission denied)"),
        ("site/team", "may not be read (permission denied)"),
    ]
    (site / "team").chmod(0o700)


def test_folders_may_be_nested_deeper_than_functions(tmp_path: Path) -> None:
    folders = [tmp_path / "site"]
    folders[0].mkdir()
    for _ in range(1200):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    (folders[-1] / "a.txt").write_text("far down")
    ((source, reason),) = refused(folders[0])
    assert source.endswith("d/a.txt")
    assert reason == "name has more than 512 characters"
    (folders[-1] / "a.txt").unlink()  # or pytest, which does recurse, cannot clean up
    for folder in reversed(folders):
        folder.rmdir()
