"""The baseline behind HTTP, of the same shape as ours: `python -m bench.baseline_service FOLDER PORT`.

Written as the libraries' own guides write it: everything loaded at the start, a plain function for a
route, which FastAPI runs in its threads.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from bench.baseline import Baseline, TorchEncoder


class SearchRequest(BaseModel):
    """A question."""

    query: str
    limit: int = 10
    mode: Literal["dense", "lexical", "hybrid"] = "hybrid"


class Result(BaseModel):
    """A passage that was found."""

    rank: int
    score: float
    document_id: str
    text: str


class SearchResponse(BaseModel):
    """What was found, best first."""

    results: list[Result]


def save(folder: Path, texts: list[str], document_ids: list[str], vectors: np.ndarray) -> None:
    """Writes what the service opens."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "vectors.npy", vectors)
    (folder / "passages.json").write_text(json.dumps([texts, document_ids]), "utf-8")


def load(folder: Path) -> Baseline:
    """Opens what `save` wrote; bm25s indexes the texts anew."""
    texts, document_ids = json.loads((folder / "passages.json").read_text("utf-8"))
    return Baseline(texts, document_ids, np.load(folder / "vectors.npy", allow_pickle=False))


def create_app(baseline: Baseline, encoder: TorchEncoder) -> FastAPI:
    """The service."""
    app = FastAPI()

    @app.get("/health/ready")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/v1/search")
    def search(request: SearchRequest) -> SearchResponse:
        vector = encoder.encode_queries([request.query])[0]
        best: dict[str, tuple[int, float]] = {}
        for row, score in baseline.search(request.query, vector, request.mode):
            best.setdefault(baseline.document_ids[row], (row, score))
        results = [
            Result(rank=rank, score=score, document_id=document_id, text=baseline.texts[row])
            for rank, (document_id, (row, score)) in enumerate(list(best.items())[: request.limit], 1)
        ]
        return SearchResponse(results=results)

    return app


def main() -> None:
    """Serves until it is stopped; with a question in the port's place, answers it and ends."""
    folder, last = Path(sys.argv[1]), sys.argv[2]
    encoder, baseline = TorchEncoder(), load(folder)
    if last.isdigit():
        uvicorn.run(create_app(baseline, encoder), host="127.0.0.1", port=int(last), log_level="warning")
        return
    found = baseline.documents(last, encoder.encode_queries([last])[0], "hybrid")
    print(json.dumps(found[:10]))


if __name__ == "__main__":
    main()
