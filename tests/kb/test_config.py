from __future__ import annotations

from pathlib import Path

import pytest

from kb.config import find_home, load, parse, template
from kb.errors import ConfigError, NotReady

HOME = Path("home")


def test_what_init_writes_is_read_back_with_nothing_but_defaults() -> None:
    assert parse(template(), HOME) == parse("", HOME)


def test_every_table_is_read() -> None:
    config = parse(
        """
        [[source]]
        path = "site"
        url = "https://clinic.example/"
        [model]
        name = "all-mpnet-base-v2"
        [search]
        mode = "lexical"
        [[synonym]]
        words = ["counselling", "counseling"]
        [limits]
        search_deadline = 1
        """,
        HOME,
    )
    assert config.source[0].collection == "default"
    assert config.source[0].url == "https://clinic.example/"
    assert config.model.name == "all-mpnet-base-v2"
    assert config.synonym[0].words == ("counselling", "counseling")
    assert config.limits.search_deadline == 1.0


_NOTICE = '[[notice]]\nkind = "info"\ntitle = "Closed"\ntext = "Closed today."\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[modle]\nname = "x"', "line 1: unknown key modle: did you mean model?"),
        ('[model]\nnmae = "x"', "line 2: unknown key nmae: did you mean name?"),
        ('[[source]]\ncollection = "x"', "line 1: [[source]] needs path"),
        ("[limits]\n\nresults = 0", "line 3: results must be above 0"),
        ("[limits]\nsearch_deadline = 0", "line 2: search_deadline must be above 0"),
        ("[limits]\nsearch_deadline = -1.0", "line 2: search_deadline must be above 0"),
        ("[limits]\nsearch_deadline = nan", "line 2: search_deadline must be above 0"),
        ("[limits]\nsearch_deadline = inf", "a number that has an end"),
        ('[[source]]\npath = "site"\nurl = "example.org"', "example.org is no address; write it as https://"),
        ('[[source]]\npath = "site"\nurl = "javascript:alert(1)"', "line 1: [[source]] site: javascript:"),
        (f"{_NOTICE}triggers = []", "line 1: [[notice]] Closed needs triggers"),
        (f'{_NOTICE}triggers = ["fees"]\nlinks = [{{label = "x", href = "javascript:x"}}]', "is no address"),
        ('[limits]\nresults = "many"', "line 2: results must be a whole number, not 'many'"),
        ("[limits]\nresults = true", "line 2: results must be a whole number, not True"),
        ('[search]\nmode = "magic"', "line 2: [search] mode is one of: hybrid, dense, lexical"),
        ("model = 3", "line 1: model is a table: write [model]"),
        ("[model", "not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_how_to_mend_it(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"kb\.toml") as caught:
        parse(text, HOME)
    assert message in str(caught.value)


def test_the_nearest_folder_above_with_a_kb_toml_is_the_knowledge_base(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text("")
    inner = tmp_path / "site" / "pages"
    inner.mkdir(parents=True)
    assert find_home(inner) == tmp_path


def test_no_knowledge_base_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="kb init"):
        find_home(tmp_path)
    with pytest.raises(NotReady, match="kb init"):
        load(tmp_path)


# -- files beside kb.toml


def beside(home: Path, said: str, **files: str) -> Path:
    (home / "kb.toml").write_text(said)
    (home / "owner").mkdir()
    for name, text in files.items():
        (home / "owner" / f"{name}.toml").write_text(text)
    return home


def test_files_beside_say_more_of_what_the_owner_says(tmp_path: Path) -> None:
    home = beside(
        tmp_path,
        'include = ["owner/*.toml", "owner/b.toml"]\n[[hide]]\ndocument = "first"\n',
        b='[[hide]]\ndocument = "third"\n',
        a='[[hide]]\ndocument = "second"\n[[synonym]]\nwords = ["shrink", "therapist"]\n',
    )
    config = load(home)
    assert [one.document for one in config.hide] == ["first", "second", "third"]
    assert config.synonym[0].words == ("shrink", "therapist")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[hide]]\ndocument = "x"\n\n[[hide]]\ndocumnt = "y"\n',
         "owner/a.toml, line 5: unknown key documnt: did you mean document?"),
        ('[[pin]]\ndocument = "x"\nphrases = ["p"]\n[[pin]]\ndocument = "y"\n',
         "owner/a.toml, line 4: [[pin]] of y needs questions or phrases"),
        ('[[hide]]\ndocument = "x"\n[[hide]]\n', "owner/a.toml, line 3: [[hide]] needs document"),
        ('[[synonym]]\nwords = ["a", "b"]\n[[synonym]]\nwords = ["a"]\n',
         "owner/a.toml, line 3: [[synonym]]"),
        ("[model]\n", "owner/a.toml, line 1: unknown key model"),
        ("[[hide]\n", "owner/a.toml: not TOML"),
        ('[[notice]]\nkind = "k"\ntitle = "t"\ntext = "x"\ntriggers = ["y"]\nreviewed = "lately"\n',
         "owner/a.toml, line 1: [[notice]] t: reviewed is a date"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_beside_is_told_with_its_file_and_line(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ConfigError) as told:
        load(beside(tmp_path, 'include = ["owner/a.toml"]\n', a=text))
    assert message in str(told.value)


@pytest.mark.parametrize("named", ["owner/none.toml", "../a.toml", "/etc/passwd"])
def test_only_files_beside_kb_toml_are_included(tmp_path: Path, named: str) -> None:
    with pytest.raises(ConfigError, match=r"kb\.toml, line 1: "):
        load(beside(tmp_path, f'include = ["{named}"]\n'))
