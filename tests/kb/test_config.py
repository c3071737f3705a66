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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[modle]\nname = "x"', "line 1: unknown key modle: did you mean model?"),
        ('[model]\nnmae = "x"', "line 2: unknown key nmae: did you mean name?"),
        ('[[source]]\ncollection = "x"', "line 1: [[source]] needs path"),
        ("[limits]\n\nresults = 0", "line 3: results must be above 0"),
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
