"""Installs the CPU build of torch, wherever this runs, into the environment that runs this.

PyPI's torch for Linux is a GPU build on most machines and brings gigabytes. What pip would install is
asked first; where that is a GPU build, uv takes the CPU build from PyTorch's own index instead.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata

TORCH = "torch==2.13.0"
_GPU = ("nvidia-", "cuda-", "triton")


def main() -> None:
    """Installs TORCH, unless it is there."""
    if _installed() == TORCH.partition("==")[2]:
        return
    if _brings_gpu_packages():
        _run("-m", "pip", "install", "--quiet", "uv")
        _run("-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, "--no-deps",
             "--torch-backend", "cpu", TORCH)  # fmt: skip
    else:
        _run("-m", "pip", "install", "--quiet", "--no-deps", TORCH)


def _installed() -> str | None:
    try:
        return metadata.version("torch").partition("+")[0]
    except metadata.PackageNotFoundError:
        return None


def _brings_gpu_packages() -> bool:
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--report", "-", TORCH]
    planned = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    names = [item["metadata"]["name"].lower() for item in json.loads(planned)["install"]]
    return any(name.startswith(_GPU) for name in names)


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True)


if __name__ == "__main__":
    main()
