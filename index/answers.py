"""The kind of answer that a question asks for, where a sentence shows by its form that it holds one: an
amount of money, a telephone number, an address of e-mail, a time of day, a length of time.

"How much is it?" is answered by a row with an amount in it, and none of the question's words. Question
classification (Li & Roth, Learning Question Classifiers, 2002), for these few kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Holds = Callable[[str], bool]

_PHONE: Final = re.compile(r"(?<![\w.,/-])\+?\(?\d{1,5}\)?(?:[ .\u2011-]\(?\d{2,5}\)?){1,5}(?![\w/])")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DIGITS: Final = range(7, 16)  # of a telephone number: ITU-T E.164 has at most 15


def _form(pattern: str) -> Holds:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda sentence: compiled.search(sentence) is not None


def _holds_phone(sentence: str) -> bool:
    found = (match.group() for match in _PHONE.finditer(sentence))
    return any(sum(map(str.isdigit, one)) in _DIGITS and not _DATE.fullmatch(one) for one in found)


_AMOUNT: Final = _form(
    r"[$£€¥₹]\s?\d|\b(?:r|rs\.?|kr\.?|chf|usd|gbp|eur|aud|cad|nzd|zar|inr)\s?\d\d|"
    r"\d\s?(?:[$£€¥₹]|(?:(?:dollar|pound|euro|cent|franc|rand)s?|usd|gbp|eur|chf|kr|franken)\b)"
)
_TIME: Final = _form(r"\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\b|\b\d{1,2}:\d\d\b|\b\d{1,2}(?:\.\d\d)? (?:uhr|h)\b")
_LENGTH: Final = _form(
    r"\b(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|several)\b[\w –-]{0,12} "
    r"(?:minute|hour|day|week|month|year|session|time)s?\b|"
    r"\b(?:weekly|daily|monthly|every (?:other )?(?:day|week|month))\b|"
    r"\d (?:minuten|stunden|tage|wochen|monate|minutos|horas|semanas|meses)\b"
)

# How each kind is asked for, in English, Spanish and German, and what holds it.
_KINDS: Final = tuple(
    (re.compile(rf"\b(?:{asked})\b", re.IGNORECASE), holds)
    for asked, holds in (
        (
            r"how much (?:is|are|does|do|did|will|would|for|to|per|money)|costs?|pric(?:es?|ing)|fees?|"
            r"rates?|charges?|cuánto (?:cuesta|vale|es)|precios?|tarifas?|"
            r"kostet|kosten|preise?|gebühr(?:en)?",
            _AMOUNT,
        ),
        (r"(?:tele)?phone|numbers?|call you|ring you|fax|teléfono|telefon(?:nummer)?", _holds_phone),
        (r"e-?mail|correo", _form(r"\S@\S+\.\w")),
        (
            r"what time|when (?:are|do|does|can|is)|open(?:ing)?|hours|clos(?:e|ed|es|ing)|horarios?|"
            r"öffnungszeiten|sprechzeiten",
            _TIME,
        ),
        (
            r"how (?:long|often|soon|many (?:minutes|hours|days|weeks|months|sessions|times))|"
            r"wie (?:lange|oft)|cuánto (?:dura|tiempo)",
            _LENGTH,
        ),
    )
)
_YES_OR_NO: Final = re.compile(
    r"\W*(?:(?:do|does|did|is|are|can|could|will|would|should|must|may|has|have)(?:n.?t)?|"
    r"what if)\b",
    re.IGNORECASE,
)


def wanted(question: str) -> tuple[Holds, ...]:
    """What a sentence may hold that answers the question, by its form; nothing for most questions, and for
    those that ask for a yes or a no."""
    if _YES_OR_NO.match(question):
        return ()
    return tuple(holds for asked, holds in _KINDS if asked.search(question))
