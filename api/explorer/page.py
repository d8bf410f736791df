"""The page: GraphiQL where the browser can get it, and until then the same in words.

GraphiQL is neither ours nor here. Its files come from a public host, and only exactly these: who
changes one there is refused by its digest, and the policy lets the page speak with nobody else.
"""

import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from starlette.responses import HTMLResponse

HOST: Final = "https://unpkg.com"
LOOK: Final = (
    f"{HOST}/graphiql@3.8.3/graphiql.min.css",
    "sha384-Mq3vbRBY71jfjQAt/DcjxUIYY33ksal4cgdRt9U/hNPvHBCaT2JfJ/PTRiPKf0aM",
)
SCRIPTS: Final = (
    (
        f"{HOST}/react@18.2.0/umd/react.production.min.js",
        "sha384-tMH8h3BGESGckSAVGZ82T9n90ztNXxvdwvdM6UoR56cYcf+0iGXBliJ29D+wZ/x8",
    ),
    (
        f"{HOST}/react-dom@18.2.0/umd/react-dom.production.min.js",
        "sha384-bm7MnzvK++ykSwVJ2tynSE5TRdN+xL418osEVF2DE/L/gfWHj91J2Sphe582B1Bh",
    ),
    (
        f"{HOST}/graphiql@3.8.3/graphiql.min.js",
        "sha384-HbRVEFG0JGJZeAHCJ9Xm2+tpknBQ7QZmNlO/DgZtkZ0aJSypT96YYGRNod99l9Ie",
    ),
)
"""Every file of others with its digest, which anybody can compute from the package of that name."""


def _read(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


QUERY: Final = _read("query.graphql")
_STYLE: Final = _read("page.css")
_SCRIPT: Final = _read("page.js")
_PAGE: Final = Template(_read("page.html"))
_FILES: Final = "\n".join(
    [
        # last in the page, and the scripts deferred: while they are waited for, the page is read
        f'<link id="look" rel="stylesheet" crossorigin href="{LOOK[0]}" integrity="{LOOK[1]}">',
        *(
            f'<script defer crossorigin src="{address}" integrity="{digest}"></script>'
            for address, digest in SCRIPTS
        ),
    ]
)
POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        f"script-src '{_digest(_SCRIPT)}' {' '.join(address for address, _ in SCRIPTS)}",
        f"style-src '{_digest(_STYLE)}' {LOOK[0]}",
        "font-src data:",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def explorer(url: str) -> HTMLResponse:
    """The page of the API at ``url``."""
    page = _PAGE.substitute(
        url=escape(url),
        host=HOST.removeprefix("https://"),
        query=escape(QUERY),
        style=_STYLE,
        files=_FILES,
        script=_SCRIPT,
    )
    return HTMLResponse(page, headers=_HEADERS)
