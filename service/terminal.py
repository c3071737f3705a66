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
        _print(console, "Nothing was found.")
        return
    if _VERDICTS[answer.verdict]:
        _print(console, _VERDICTS[answer.verdict] + "\n", style="italic")
    for result in answer.results:
        _show_result(result, console)
    if answer.suggestion:
        _print(console, f"Did you mean: {answer.suggestion}")


def _show_notice(notice: Notice, console: Console) -> None:
    _print(console, notice.title, style="bold")
    _print(console, notice.text)
    for link in notice.links:
        _print(console, f"  {link.label}: {link.href}")
    console.print()


def _show_result(result: Result, console: Console) -> None:
    said = result.attribution
    path = [said.title, *(heading for heading in result.headings if heading != said.title)]
    page = f", page {result.page}" if result.page else ""
    _print(console, f"{result.rank}. {' › '.join(path)}{page}  ({result.score:.2f})", style="bold")
    console.print(_marked(result), highlight=False)
    _print(console, f"   {result.link or said.url or said.source}", style="cyan", soft_wrap=True)
    if result.more:
        _print(console, f"   {len(result.more)} more from this document", style="dim")
    console.print()


def _print(console: Console, text: str, style: str | None = None, soft_wrap: bool = False) -> None:
    console.print(
        _printable(text), style=style, soft_wrap=soft_wrap, highlight=False, markup=False, emoji=False
    )


def _marked(result: Result) -> Text:
    """The excerpt with its marks."""
    from rich.text import Text

    text = Text()
    at = 0
    for start, end in result.excerpt.marks:
        text.append(_printable(result.excerpt.text[at:start]))
        text.append(_printable(result.excerpt.text[start:end]), style="bold yellow")
        at = end
    text.append(_printable(result.excerpt.text[at:]))
    return text


def _printable(text: str) -> str:
    """Without control characters, which could move a cursor or turn the writing round."""
    return "".join(c for c in text if c == "\n" or c.isprintable())
