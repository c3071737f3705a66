"""Meaning and words into one score."""

from __future__ import annotations

import math
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.lexical import Weights

_Numbers = TypeVar("_Numbers", float, NDArray[np.float64])  # one passage's, or several's

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
# average). Reciprocal rank fusion is below the better leg on two of the seven, min-max at 0.7/0.3 on two.
#
# Beside meaning function words do a little good, .01 on clinic-pages and vagov-anchors; but not those that
# half of the passages have, whose rarity by Robertson & Sparck Jones (1976), from which BM25's comes, would
# be below 0. Without these no set loses .001, and words are looked for in half of the time.
_OF_MOST: Final = math.log(2)
WEIGHTS: Final = Weights(strength=0.3, coverage=0.3, headings=0.2, function_words=_OF_MOST)
_WORDS: Final = WEIGHTS.strength + WEIGHTS.coverage + WEIGHTS.headings

# A model makes little of words that its tokenizer has to spell out: the tokens a word takes, its fertility,
# tell how well a language was learnt (Rust et al., How Good is Your Tokenizer?, ACL 2021). The median
# question of the English sets takes 1.0 to 1.4 tokens of all-MiniLM-L6-v2 a word, of xquad-es 1.8, of
# xquad-de 2.1.
# Swept over ten sets: with the cosine's weight lowered so, nDCG@10 is .029 higher on xquad-de, .028 on
# xquad-es, and on the English sets between -.0003 and +.0018; slopes from 0.5 to 1 that begin at 1.1 to 1.3
# do about the same.
_FAMILIAR: Final = 1.2  # tokens a word, up to which the model is taken at its word
_SLOPE: Final = 1.0
_LEAST: Final = 0.5

# Meaning and words are two signs of one thing, and where both have it the sum counts it twice. That does no
# harm to a ranking, but to a chance. Of 0 to 0.6 the most parts answerable questions from others best, each
# of three sets left out in turn, and has the least calibration error; beyond 0.8 more words would count less.
_TWICE: Final = 0.6


def familiarity(tokens: int, words: float) -> float:
    """How much a model is to be believed about a question, _LEAST to 1, by the tokens its words take."""
    return min(1.0, max(_LEAST, 1.0 - _SLOPE * (tokens / max(words, 1) - _FAMILIAR)))


def fuse(cosine: _Numbers, lexical: _Numbers, familiar: float = 1.0) -> _Numbers:
    """How well a passage fits, 0 to 1.8; comparable between questions. `lexical` is the sum of the
    lexical evidence by WEIGHTS; `familiar` is the question's `familiarity`."""
    of_meaning, of_words = shares(familiar)
    return of_meaning * cosine + of_words * lexical


def shares(familiar: float) -> tuple[float, float]:
    """What the cosine and the lexical evidence are multiplied by; together they weigh the same always."""
    whole = (1.0 + _WORDS) / (familiar + _WORDS)
    return familiar * whole, whole


def evidence(fused: float, cosine: float, familiar: float = 1.0) -> float:
    """What speaks for a passage with this fused score, 0 to 1.3: the score, less _TWICE of what meaning and
    words both say, which is the lesser of the two. It rises with either."""
    of_meaning, of_words = shares(familiar)
    words = (fused - of_meaning * cosine) / (of_words * _WORDS)
    return fused - _TWICE * max(0.0, min(cosine, words))
