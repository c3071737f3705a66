"""How an answer reads on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.types import Answer, Notice, Result

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_VERDICTS = {
    "answered": "",
    "related": "No passage clearly answers this. The nearest:",
    "none": "Nothing here answers that. The nearest passages:",
}


def show(answer: Answer, console: Console) -> None:
    """Notices, the verdict in words, and the ranked excerpts with where each is from."""
    for notice in answer.notices:
        _show_notice(notice, console)
    if not answer.results:
        console.print("Nothing was found.", highlight=False)
        return
    if _VERDICTS[answer.verdict]:
        console.print(_VERDICTS[answer.verdict] + "\n", style="italic", highlight=False)
    for result in answer.results:
        _show_result(result, console)
    if answer.suggestion:
        console.print(f"Did you mean: {answer.suggestion}", highlight=False, markup=False)


def _show_notice(notice: Notice, console: Console) -> None:
    console.print(notice.title, style="bold", highlight=False, markup=False)
    console.print(notice.text, highlight=False, markup=False)
    for link in notice.links:
        console.print(f"  {link.label}: {link.href}", highlight=False, markup=False)
    console.print()


def _show_result(result: Result, console: Console) -> None:
    said = result.attribution
    path = [said.title, *(heading for heading in result.headings if heading != said.title)]
    page = f", page {result.page}" if result.page else ""
    console.print(
        f"{result.rank}. {' › '.join(path)}{page}  ({result.score:.2f})",
        style="bold",
        highlight=False,
        markup=False,
    )
    console.print(_marked(result), highlight=False)
    console.print(
        f"   {result.link or said.url or said.source}",
        style="cyan",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if result.more:
        console.print(f"   {len(result.more)} more from this document", style="dim", highlight=False)
    console.print()


def _marked(result: Result) -> Text:
    """The excerpt with its marks; control characters, which could move a cursor, are left out."""
    from rich.text import Text

    text = Text()
    at = 0
    for start, end in result.excerpt.marks:
        text.append(_printable(result.excerpt.text[at:start]))
        text.append(_printable(result.excerpt.text[start:end]), style="bold yellow")
        at = end
    text.append(_printable(result.excerpt.text[at:]))
    text.pad_left(0)
    return text


def _printable(text: str) -> str:
    return "".join(c for c in text if c == "\n" or c.isprintable())
