"""`python -m bench [quality|speed|gate|notices]`: measures, and writes what it found.

A whole run is written to bench/results/; a part (`--quick`, `--sets`, `--only`) to build/bench/results/,
for it is not to be taken for the whole.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import calibrate, gate, notices, ours, quality, report, sets, speed
from bench.baseline import TorchEncoder
from kb.errors import KnowledgeBaseError

_QUICK = sets.Sample(documents=300, queries=100)


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where the gate is broken or a set could not be measured."""
    options = _parser().parse_args(arguments)
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    try:
        match options.what:
            case "quality":
                return _quality(options)
            case "speed":
                return _speed(options)
            case "gate":
                return _gate(options)
            case "notices":
                return _notices()
        return max(_quality(options), _speed(options))
    except KnowledgeBaseError as error:
        _say(str(error))
        return 1


def _quality(options: argparse.Namespace) -> int:
    sample = _QUICK if options.quick else None
    model = ours.open_model()
    torch = None if options.no_baseline else TorchEncoder()
    measured: list[quality.SetQuality] = []
    failed = 0
    for name in options.sets or sets.NAMES:
        try:
            dataset = sets.load(name, options.shared, options.build, sample)
            measured.append(quality.measure_set(dataset, model, options.build, torch, _say))
        except KnowledgeBaseError as error:
            failed = 1
            _say(f"{name}: not measured: {error}")
        else:  # each time, so that what is interrupted leaves what it has
            path = report.write_quality(measured, _results(options, bool(options.sets)))
            _say(f"{name}: in {path}")
    if not (options.sets or options.quick or failed):
        left_out = calibrate.measure(model, options.shared, options.build)
        report.write_quality(measured, _results(options, part=False), left_out, _heard(model))
    return failed


def _speed(options: argparse.Namespace) -> int:
    scale = speed.QUICK if options.quick else speed.Scale()
    figures = speed.measure(options.only, options.shared, options.build, scale, _say)
    path = report.write_speed(figures, _results(options, bool(options.only)))
    _say(f"speed: in {path}")
    return 0


def _gate(options: argparse.Namespace) -> int:
    model, floors = ours.open_model(), gate.read_floors()
    measured: list[quality.SetQuality] = []
    for name in options.sets or gate.SETS:
        if name != sets.EXAMPLE and not (options.shared / "eval").is_dir():
            _say(f"{name}: skipped, for the evaluation sets are not at hand")
            continue
        dataset = sets.load(name, options.shared, options.build)
        measured.append(quality.measure_set(dataset, model, options.build, None, _say))
    print(json.dumps({one.name: gate.figures(one) for one in measured}, indent=1))
    if options.lift:
        gate.write_floors(gate.raised(floors, measured))
        return 0
    lines = [line for one in measured for line in gate.broken(one, floors)]
    for line in lines:
        _say(line)
    return 1 if lines or not measured else 0


def _notices() -> int:
    unseen, development = _heard(ours.open_model()).items()
    print("\n".join(notices.lines(*unseen)))
    print(notices.lines(*development)[0])
    return 0


def _heard(model: ours.Model) -> dict[str, notices.Heard]:
    return {
        "unseen": notices.measure(model.encoder),
        "development, each batch by the others": notices.measure_development(model.encoder),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "what", nargs="?", choices=("all", "quality", "speed", "gate", "notices"), default="all"
    )
    parser.add_argument("--sets", type=_names, default=(), help=f"of {', '.join(sets.NAMES)}")
    parser.add_argument("--only", type=_names, default=(), help=f"of {', '.join(speed.MEASUREMENTS)}")
    parser.add_argument("--quick", action="store_true", help="parts of the large sets, fewer repeats")
    parser.add_argument("--no-baseline", action="store_true", help="quality of ours alone")
    parser.add_argument("--raise", dest="lift", action="store_true", help="lift the gate's floors")
    parser.add_argument("--shared", type=_folder, default=sets.ROOT.parent / "shared")
    parser.add_argument("--build", type=_folder, default=sets.ROOT / "build" / "bench")
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _folder(text: str) -> Path:
    return Path(text).absolute()


def _results(options: argparse.Namespace, part: bool) -> Path:
    folder: Path = options.build / "results" if part or options.quick else report.RESULTS
    return folder


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
