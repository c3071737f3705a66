"""Whatever was done to a knowledge base, it answers as one that was made of what is left.

    python -m tests.equiv --n 5000 [--control stale]

Documents are added, changed, moved and removed, indexes made, writers die at any step, in any order that
Hypothesis thinks of. The control takes every collection for unchanged, and must be caught.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from index import generation, lexical
from index.generation import oldest_kept_sequence, open_current
from index.verify import flaws
from kb.catalogue import Catalogue
from kb.errors import Damaged
from kb.ingest import put
from kb.storage import FILE_NAME
from tests import small
from tests.crash import Steps
from tests.small import ENCODER, in_child, note, replies, version_of, writer

_STEPS = 20
_NAMES = st.tuples(st.sampled_from(("default", "other")), st.sampled_from([f"note-{n}" for n in range(8)]))
_VERSIONS = st.integers(0, 5)

Name = tuple[str, str]  # collection, document id


class KnowledgeBase(RuleBasedStateMachine):
    """A knowledge base, and what it should hold."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="kb-equiv-", dir=small.quick_folder()))
        self._data = self._folder / ".kb"
        self._held: dict[Name, int] = {}
        with writer(self._data) as catalogue:
            small.make(catalogue, self._data)

    def teardown(self) -> None:
        """Looks at it once more, and leaves nothing behind."""
        try:
            self.index()
        finally:
            lexical.remove(self._folder)

    @rule(names=st.dictionaries(_NAMES, _VERSIONS, max_size=4))
    def write(self, names: dict[Name, int]) -> None:
        """Adds some, changes some."""
        self._change(names, [])
        self._held.update(names)

    @rule(names=st.lists(_NAMES, max_size=3, unique=True))
    def remove(self, names: list[Name]) -> None:
        """Removes some, whether they are there or not."""
        self._change({}, names)
        for name in names:
            self._held.pop(name, None)

    @rule(source=_NAMES, new=_NAMES)
    def move(self, source: Name, new: Name) -> None:
        """The same words under another id, or in another collection."""
        if source in self._held and source != new:
            version = self._held.pop(source)
            self._change({new: version}, [source])
            self._held[new] = version

    @rule()
    def index(self) -> None:
        """Makes an index, which must answer as one that was made of nothing but what is held."""
        with writer(self._data) as catalogue:
            small.make(catalogue, self._data)
            catalogue.forget_before(oldest_kept_sequence(self._data))
            assert list(flaws(catalogue, self._data)) == []
        fresh = self._folder / "fresh"
        small.filled(fresh, [note(id, version, collection=c) for (c, id), version in self._held.items()])
        assert _answers(self._data) == _answers(fresh)
        lexical.remove(fresh)

    @rule(names=st.dictionaries(_NAMES, _VERSIONS, min_size=1, max_size=3), step=st.integers(0, 60))
    def die(self, names: dict[Name, int], step: int) -> None:
        """A writer that ends at one of its steps on the disk: its write is there, or nothing of it."""

        def work() -> None:
            Steps(self._folder, step)
            self._change(names, [])
            with writer(self._data) as catalogue:
                small.make(catalogue, self._data)

        in_child(work)
        with Catalogue(self._data / FILE_NAME) as catalogue:
            held = {(d.collection, d.id): version_of(d.text) for d, _ in catalogue.documents()}
        assert held in (self._held, {**self._held, **names})
        self._held = held

    def _change(self, names: dict[Name, int], removed: Sequence[Name]) -> None:
        with writer(self._data) as catalogue:
            put(catalogue, ENCODER, [note(id, v, collection=c) for (c, id), v in names.items()])
            if removed:
                catalogue.commit(removed=removed)


def _answers(data: Path) -> list[tuple[str, str, float]]:
    with Catalogue(data / FILE_NAME) as catalogue:
        return replies(open_current(data), catalogue)


def equiv(n: int, control: str | None = None) -> str | None:
    """What was found in `n` sequences of at most _STEPS steps: None, or the first difference."""
    digest = generation._digest
    if control == "stale":
        generation._digest = lambda _: "the same"
    try:
        given = settings(
            max_examples=n,
            stateful_step_count=_STEPS,
            deadline=None,
            database=None,
            derandomize=control is not None,  # a control is to be caught every time
            phases=[Phase.generate] if control else list(Phase),  # that it differs is enough
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(KnowledgeBase, settings=given)
    except (AssertionError, Damaged) as error:  # other answers, or an index that is not what it says
        return str(error) or "other answers"
    finally:
        generation._digest = digest
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where nothing differed; with `--control`, 0 where something did."""
    parser = argparse.ArgumentParser(prog="python -m tests.equiv", description=__doc__)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--control", choices=("stale",), default=None)
    given = parser.parse_args(arguments)
    found = equiv(given.n, given.control)
    print(f"{given.n} sequences of up to {_STEPS} steps: {found or 'no difference'}")
    return int(bool(found) != bool(given.control))


if __name__ == "__main__":
    sys.exit(main())
