"""Prepares the default model into a folder, for an image that holds no torch."""

from __future__ import annotations

import sys
from pathlib import Path

from index.models import DEFAULT, prepare


def main() -> None:
    """`prepare_model.py FOLDER`"""
    model = prepare(DEFAULT, Path(sys.argv[1]))
    print(f"{model.name}: {model.precision}, mean cosine to the original {model.cosine:.4f}")


if __name__ == "__main__":
    main()
