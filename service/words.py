"""What the search page says, in the languages that the search box has: `web/source/words.js`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """The page's words in one language; `{}` stands for a number or for what was read."""

    language: str
    label: str
    search: str
    hint: str
    again: str
    one_result: str
    results: str
    no_results: str
    tips: tuple[str, ...]
    none: str
    closest: str
    closest_below: str
    related: str
    related_below: str
    read_as: str
    more: str
    rest: str
    in_place: str
    page: str
    months: tuple[str, ...]
    date: str
    empty: str
    too_long: str
    closed: str
    busy: str
    unknown: str
    preparing: str

    def count(self, results: int) -> str:
        """How many results there are."""
        return self.one_result if results == 1 else self.results.format(results)

    def day(self, written: str | None) -> str:
        """An ISO 8601 date as it is read, "12 October 2026"; nothing where it is none."""
        try:
            parsed = date.fromisoformat((written or "")[:10])
        except ValueError:
            return ""
        return self.date.format(parsed.day, self.months[parsed.month - 1], parsed.year)


ENGLISH: Final = Words(
    language="en",
    label="What would you like to know?",
    search="Search",
    hint="Use your own words. What you type is not kept.",
    again="Please try again",
    one_result="1 result",
    results="{} results",
    no_results="No results",
    tips=("Check the spelling.", "Use fewer words, or other ones.", "Ask about something less specific."),
    none="Nothing here answers that",
    closest="Closest pages",
    closest_below="Closest pages:",
    related="Related pages",
    related_below="No page clearly answers this. These come closest:",
    read_as="Showing what was found for “{}”.",
    more="{} more from this page",
    rest="{} more pages, less likely to help",
    in_place="Read it in its place",
    page="page {}",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    date="{} {} {}",
    empty="Type a question first.",
    too_long="That question is too long. Please shorten it.",
    closed="This search is not open to everyone.",
    busy="The search is busy. Please try again in a moment.",
    unknown="There is nothing to search here.",
    preparing="The search is being prepared. Please try again in a minute.",
)
SPANISH: Final = Words(
    language="es",
    label="¿Qué desea saber?",
    search="Buscar",
    hint="Use sus propias palabras. Lo que escribe no se guarda.",
    again="Vuelva a intentarlo",
    one_result="1 resultado",
    results="{} resultados",
    no_results="Sin resultados",
    tips=("Revise la ortografía.", "Pruebe con menos palabras, u otras.", "Pregunte algo menos concreto."),
    none="Aquí nada responde a eso",
    closest="Páginas más cercanas",
    closest_below="Páginas más cercanas:",
    related="Páginas relacionadas",
    related_below="Ninguna página lo responde con claridad. Las más cercanas:",
    read_as="Se muestra lo encontrado para «{}».",
    more="{} más de esta página",
    rest="Otras {} páginas, menos probables",
    in_place="Leerlo en su lugar",
    page="página {}",
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    date="{} de {} de {}",
    empty="Escriba primero una pregunta.",
    too_long="La pregunta es demasiado larga. Acórtela, por favor.",
    closed="Este buscador no está abierto a todos.",
    busy="El buscador está ocupado. Vuelva a intentarlo en un momento.",
    unknown="Aquí no hay nada que buscar.",
    preparing="El buscador se está preparando. Vuelva a intentarlo en un minuto.",
)
_LANGUAGES: Final = {words.language: words for words in (ENGLISH, SPANISH)}


def words_for(named: str | None, accepted: str) -> Words:
    """The words of the language that an address names (`?lang=`), else of the one that a browser likes best
    of those that there are (`Accept-Language`, RFC 9110); English where that is none of them."""
    if named is not None:
        return _LANGUAGES.get(_primary(named), ENGLISH)
    liked = sorted(map(_liked, accepted.split(",")), key=lambda one: -one[0])  # equals stay in their order
    return next((_LANGUAGES[name] for weight, name in liked if weight and name in _LANGUAGES), ENGLISH)


def _liked(said: str) -> tuple[float, str]:
    """How much a language is liked, 0 to 1, and which it is."""
    name, _, weight = said.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), _primary(name)
    except ValueError:
        return 0.0, ""


def _primary(language: str) -> str:
    return language.strip().replace("_", "-").partition("-")[0].lower()
