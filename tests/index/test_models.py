from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index import export
from index.encoder import open_encoder
from index.models import DEFAULT, PreparedModel, find, prepare, read_description
from kb.errors import Damaged, ModelError, NotReady
from tests.index.texts import TEXTS


@pytest.fixture
def copied(model_folder: Path, tmp_path: Path) -> Path:
    """The default model in a cache of its own, to be spoilt."""
    return Path(shutil.copytree(model_folder, tmp_path / "cache" / model_folder.name))


@pytest.mark.parametrize("name", ["plain", "first-token", "relative", "outlier"])
def test_a_prepared_model_says_what_its_original_says(workshop: Path, name: str) -> None:
    encoder = open_encoder(workshop / "prepared" / name)
    original = np.load(workshop / f"{name}.npz")
    assert (encoder.encode_queries(TEXTS) * original["queries"]).sum(axis=1).mean() >= 0.98
    assert (encoder.encode_passages(TEXTS) * original["passages"]).sum(axis=1).mean() >= 0.98


def test_the_description_says_how_the_model_pools_and_how_long_its_vectors_and_its_window_are(
    workshop: Path,
) -> None:
    model = read_description(workshop / "prepared" / "first-token")
    assert (model.pooling, model.dimensions, model.window) == ("cls", 16, 24)


def test_the_prompts_of_both_sides_are_found_though_the_library_saves_an_empty_document_prompt(
    workshop: Path,
) -> None:
    settings = json.loads((workshop / "plain" / "config_sentence_transformers.json").read_text())
    assert settings["prompts"]["document"] == ""
    model = read_description(workshop / "prepared" / "plain")
    assert (model.query_prompt, model.passage_prompt) == ("query: ", "passage: ")


def test_a_model_that_eight_bits_would_change_is_kept_whole_and_says_so(workshop: Path) -> None:
    assert read_description(workshop / "prepared" / "outlier").precision == "fp32"
    assert read_description(workshop / "prepared" / "plain").precision == "int8"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("pickled", "it has no .safetensors weights"),
        ("coded", "it needs code of its own (own_code.Model)"),
        ("empty", "it is not a sentence-transformers model"),
    ],
)
def test_a_folder_that_could_run_code_or_is_no_model_is_refused(
    workshop: Path, name: str, reason: str
) -> None:
    refused: dict[str, str] = json.loads((workshop / "refused.json").read_text())
    assert refused[name].startswith(reason)


@pytest.fixture(scope="module")
def prepared(workshop: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedModel:
    """A folder's model, prepared as an owner does it; its cache is the parent of its folder."""
    place = tmp_path_factory.mktemp("place")
    shutil.copytree(workshop / "plain", place / "model")
    with pytest.raises(NotReady):
        find(str(place / "model"), place / "cache")
    return prepare(str(place / "model"), place / "cache")


def test_two_who_mend_a_damaged_model_at_once_make_the_same_one_byte_for_byte(
    prepared: PreparedModel,
) -> None:
    cache = prepared.folder.parent
    (prepared.folder / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(Damaged):
        open_encoder(find(prepared.name, cache).folder)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: prepare(prepared.name, cache), range(2))
    assert first == second == prepared == find(prepared.name, cache)
    assert open_encoder(prepared.folder).dimensions == 32
    assert [path.name for path in cache.iterdir()] == [prepared.folder.name]


def test_a_folder_whose_files_have_changed_is_another_model(prepared: PreparedModel) -> None:
    cache = prepared.folder.parent
    settings = Path(prepared.name) / "config_sentence_transformers.json"
    settings.write_text(settings.read_text().replace("passage: ", "Passage: "))
    after = prepare(prepared.name, cache)
    assert prepared.folder != after.folder
    assert prepared.fingerprint != after.fingerprint
    assert find(prepared.name, cache) == after
    assert find(prepared.name, cache, prepared.fingerprint) == prepared
    with pytest.raises(NotReady, match="is not prepared as 0000 in"):
        find(prepared.name, cache, "0000")


def test_what_is_prepared_already_is_not_prepared_again(copied: Path) -> None:
    written = (copied / "model.onnx").stat().st_mtime_ns
    assert prepare(DEFAULT, copied.parent).folder == copied
    assert prepare(f"sentence-transformers/{DEFAULT}", copied.parent).folder == copied
    assert (copied / "model.onnx").stat().st_mtime_ns == written


def test_a_model_that_was_never_prepared_is_not_ready_and_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"all-MiniLM-L6-v2 is not prepared .* Run: kb index"):
        find(DEFAULT, tmp_path)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model folder .*nowhere"):
        prepare(str(tmp_path / "nowhere"), tmp_path / "cache")


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "model.json"])
def test_one_byte_changed_in_any_file_keeps_the_encoder_from_opening(copied: Path, file: str) -> None:
    content = bytearray((copied / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / file).write_bytes(content)
    with pytest.raises(Damaged, match=rf"{file} .*Run: kb index"):
        open_encoder(copied)


def test_a_default_model_that_is_not_the_published_one_is_never_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(export.PINNED, "config.json", "0" * 64)
    with pytest.raises(ModelError, match=r"config\.json .* is not the file that was published"):
        export.main("default", DEFAULT, tmp_path)


def test_without_torch_the_error_says_what_to_install(workshop: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['sentence_transformers'] = None\n"
        "from pathlib import Path; from index import export\n"
        f"export.main('folder', {str(workshop / 'plain')!r}, Path({str(tmp_path)!r}))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert "sentence_transformers is not installed." in done.stderr
    assert "pip install '.[prepare]'" in done.stderr
