"""Meaning and words into one score."""

from __future__ import annotations

from typing import Final

from index.lexical import Weights

# A convex combination of the two retrievers' scores (Bruch, Gai & Ingber, An Analysis of Fusion Functions
# for Hybrid Retrieval, TOIS 2023), but for their normalisation by the question's own candidates: each part
# is on a scale that means the same for every question, so the fused score can be compared between
# questions, and the verdict is made of it. Coverage stands beside BM25 because BM25 adds up what is said
# again and again: a passage that says "symptoms" nine times has no more to do with a disease than one
# that names it once.
#
# Swept together over seven sets (nDCG@10, at most 160 questions each) with each set left out in turn:
# chosen without a set, such weights still gained .011 to .042 on it, but for clinic-pages (34 questions),
# where they were level. At these values hybrid is .026 to .044 above the better of dense and BM25
# on six sets and level with dense on clinic-pages; the plateau is wide (any two weights moved by .1: .003 on
# average). Reciprocal rank
# fusion is below the better leg on two of the seven, min-max at 0.7/0.3 on two.
WEIGHTS: Final = Weights(strength=0.3, coverage=0.3, headings=0.2)


def fuse(cosine: float, lexical: float) -> float:
    """How well a passage fits, 0 to 1.8; comparable between questions. `lexical` is the sum of the
    lexical evidence by WEIGHTS."""
    return cosine + lexical
