"""Pages of other people's sites that the box is put on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Host:
    """A page, and the Content-Security-Policy that it is sent with."""

    html: str
    policy: str = ""


def page(body: str, head: str = "", language: str = "en", direction: str = "ltr") -> str:
    """A plain page with the box's script."""
    return f"""<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Host</title>
<link rel="icon" href="/icon.svg"><meta name="color-scheme" content="light dark">{head}
<script src="/widget.js" defer></script></head><body><main><h1>Host</h1>{body}</main></body></html>"""


CALM = Host(page("<kb-search limit='3'></kb-search>"))
TWO = Host(page("<kb-search limit='3'></kb-search><kb-search collection='hostile'></kb-search>"))
DIALOG = Host(page("<p>A page.</p><kb-search mode='dialog'></kb-search>"))
PAGE = Host(page("<kb-search mode='page'></kb-search>"))
SPANISH = Host(page("<kb-search lang='es'></kb-search>"))
RIGHT_TO_LEFT = Host(page("<kb-search></kb-search>", language="ar", direction="rtl"))
STRICT = Host(
    page("<kb-search limit='3'></kb-search><kb-search collection='hostile'></kb-search>"),
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; style-src 'none'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
)
RESET = Host(
    page(
        "<kb-search limit='3'></kb-search>",
        "<style>* { all: unset !important } body { font: italic 700 4px/0.5 cursive !important; color: red "
        "!important; text-transform: uppercase !important; text-indent: 9em !important; white-space: nowrap "
        "!important }</style>",
    )
)
FALLBACK = Host(
    page(
        "<kb-search><form method='post' action='/'><label>Question <input name='q'></label>"
        "<button>Ask</button></form></kb-search>"
    )
)
