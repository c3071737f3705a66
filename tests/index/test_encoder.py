from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.encoder import OnnxEncoder, open_encoder
from index.types import Encoder
from tests.index.texts import TEXTS
from tests.index.toy import ToyEncoder


def test_the_small_weights_say_what_the_original_says(workshop: Path, encoder: OnnxEncoder) -> None:
    original = np.load(workshop / "default.npz")["passages"]
    cosines = (encoder.encode_passages(TEXTS) * original).sum(axis=1)
    assert cosines.mean() >= 0.98
    assert cosines.min() >= 0.95  # the least is of a text with next to no content


def test_a_question_is_nearest_to_the_passage_that_answers_it(encoder: OnnxEncoder) -> None:
    questions = ["what happens if i miss my appointment", "how much is it", "can't fall asleep"]
    passages = [
        "We ask for 24 hours' notice when you cancel, so that somebody else can have the hour.",
        "A first session lasts fifty minutes and the fee is $140.",
        "Go to bed at the same hour, keep the room dark, and leave the telephone outside it.",
    ]
    scores = encoder.encode_queries(questions) @ encoder.encode_passages(passages).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_rows_are_single_precision_of_length_one_and_in_order(encoder: OnnxEncoder) -> None:
    together = encoder.encode_passages(TEXTS)
    assert together.shape == (len(TEXTS), encoder.dimensions) == (30, 384)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.vstack([encoder.encode_passages([text]) for text in TEXTS])
    assert np.array_equal(together, alone)


def test_a_vector_depends_on_its_text_alone(encoder: OnnxEncoder) -> None:
    there = encoder.encode_passages([*TEXTS[:5], "Do you take children?", *TEXTS[5:]])[5]
    as_query = encoder.encode_queries(["Do you take children?"])[0]
    assert np.array_equal(there, as_query)


def test_no_text_is_no_row(encoder: OnnxEncoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)
    assert encoder.encode_queries([]).shape == (0, 384)
    assert encoder.count_tokens([]) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "🧠" * 50,
        "\ud83e\udde0 half \ud83e",
        "\x00\x07",
        "word " * 20_000,
        "x" * 20_000,
        "心理治疗",
    ],
)
def test_any_text_has_a_unit_vector(encoder: OnnxEncoder, text: str) -> None:
    for vectors in (encoder.encode_queries([text]), encoder.encode_passages([text])):
        assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)
    assert encoder.count_tokens([text])[0] >= 2


def test_a_pair_of_surrogates_is_the_character_it_means(encoder: OnnxEncoder) -> None:
    pair, character = encoder.encode_queries(["\ud83d\ude42 thank you", "🙂 thank you"])
    assert np.array_equal(pair, character)


def test_tokens_are_counted_with_the_special_ones_and_beyond_the_window(encoder: OnnxEncoder) -> None:
    assert encoder.window == 256
    assert encoder.count_tokens(["", "sleep", "sleep " * 300]) == [2, 3, 302]


def test_what_is_beyond_the_window_does_not_change_the_vector(encoder: OnnxEncoder) -> None:
    full = "sleep " * 254
    same = encoder.encode_passages([full, full + "grief " * 50, "sleep " * 253 + "grief"])
    assert np.array_equal(same[0], same[1])
    assert not np.array_equal(same[0], same[2])


def test_prompts_stand_before_queries_and_passages_and_take_their_part_of_the_window(workshop: Path) -> None:
    prompted = open_encoder(workshop / "prepared" / "plain")
    query, passage = prompted.encode_queries(["sleep"]), prompted.encode_passages(["sleep"])
    assert not np.array_equal(query, passage)
    assert np.array_equal(prompted.encode_queries(["x", "sleep"])[1], query[0])
    # [CLS] passage : sleep [SEP]
    assert prompted.count_tokens(["sleep"]) == [5]
    assert np.array_equal(
        *prompted.encode_passages(["sleep " * 20, "sleep " * 20 + "grief"])
    )  # 24 tokens of the window, 4 of them not the text's


def test_many_threads_may_ask_one_encoder(encoder: OnnxEncoder) -> None:
    expected = encoder.encode_queries(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: encoder.encode_queries([TEXTS[number % 30]])[0], range(240)))
    assert all(np.array_equal(vector, expected[number % 30]) for number, vector in enumerate(found))


def test_the_fingerprint_tells_models_apart_and_stays(model_folder: Path, workshop: Path) -> None:
    folders = [model_folder, *(workshop / "prepared" / name for name in ("plain", "relative", "outlier"))]
    fingerprints = [open_encoder(folder).fingerprint for folder in folders]
    assert len(set(fingerprints)) == 4
    assert fingerprints == [open_encoder(folder).fingerprint for folder in folders]


def test_a_query_is_encoded_without_what_prepared_the_model(model_folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from index.encoder import open_encoder; import index.models\n"
        "assert 'onnxruntime' not in sys.modules and 'tokenizers' not in sys.modules\n"
        f"open_encoder(Path({str(model_folder)!r})).encode_queries(['how long does it take'])\n"
        "for name in ('torch', 'transformers', 'sentence_transformers', 'onnx', 'huggingface_hub'):\n"
        "    assert name not in sys.modules, name"
    )
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=True)


def test_the_toy_is_an_encoder_that_can_be_worked_out_on_paper() -> None:
    toy: Encoder = ToyEncoder(["sleep", "fees"])
    vectors = toy.encode_passages(["Sleep, sleep and fees", "grief"])
    assert vectors[0] == pytest.approx([2 / 5**0.5, 1 / 5**0.5, 0])
    assert vectors[1].tolist() == [0, 0, 1]
    assert toy.count_tokens(["Sleep, sleep and fees"]) == [4]
