"""Words that a search box never offers: ways of hurting oneself, in the notation of `index.phrases`.

A page about getting help ("Self-harm", "After a suicide") is offered like any other. What names a way to do
it is not, whatever page says it, and nothing at all is offered to one who types it: the answer to a search
has the crisis notice above it, a list of suggestions has not.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from index.notices import NoticeMatcher, NoticeRule
from index.types import Notice

_HARM: Final = "(kill|hang|cut|burn|drown|poison|suffocate|strangle|shoot|stab|starve|hurt|harm|injure)"
_METHODS: Final = (
    f"(how|way|method|place|tutorial|easiest|quickest|best) ~4 {_HARM} {{self}}",
    f"how to {_HARM}",
    "(hang|drown|poison|suffocate|strangle|shoot|stab|starve|kill|cut|burn) {self}",
    "(how|way|method|easiest|quickest|fastest|painless|best) ~3 (die|suicide|overdose|bleed out)",
    "(how|way|method|easiest|quickest|painless|best) ~3 (end|take) (my|your|ones|their) [own] life",
    "(suicide|suicidal|selfharm|self harm|self injury) ~1 (method|means|technique|kit|tutorial|guide)",
    "(suicide|suicidal) ~1 (pact|note|tips|instructions)",
    "(method|methods|means|ways|techniques|tips) (of|for) (suicide|selfharm|self harm|self injury|dying)",
    "overdose [on|of]",
    "(lethal|fatal|deadly) (dose|doses|amount|injection|method|means)",
    "(how|what) ~2 (many|much) (pills|tablets|painkillers|paracetamol|tylenol|acetaminophen|insulin|alcohol)",
    "(noose|ligature|exit bag|suicide bag|helium hood|charcoal burning|carbon monoxide)",
    "(slit|slitting|cut|cutting) [my|your|their] (wrist|wrists|veins)",
    "(jump|jumping) (off|from|in front of) [a|the] (bridge|building|roof|train|cliff|traffic)",
    "(razor|razors|blade|blades) ~3 (skin|cut|cutting|hide|hiding)",
    "(hide|hiding|cover|conceal) ~2 (cuts|scars|cutting|purging)",
    "(make|making) {self} (sick|vomit|throw up|puke)",
    "how to (purge|vomit|throw up|fast|stop eating)",
    "(pro ana|proana|pro mia|promia|thinspo|thinspiration|bonespo)",
)


@cache
def _matcher() -> NoticeMatcher:
    sets = {"self": ("myself", "yourself", "himself", "herself", "themselves", "oneself")}
    return NoticeMatcher([NoticeRule(Notice("method", "", ""), _METHODS, sets=sets)])


def names_a_method(text: str) -> bool:
    """Whether a text names a way of hurting oneself, misspelled or disguised or not."""
    return bool(_matcher().matches(text))
