"""Markup that is safe by its type: a plain string is escaped wherever it is put, only `Html` stands as it is."""

import base64
import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

JSON = dict[str, Any]
"""A value as a vendor's API carries it."""

_VOID = frozenset({"img", "input", "br", "hr", "meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Part = str | Html | None
NOTHING = Html()


def inner(whole: JSON, name: str) -> JSON:
    """The object that a key holds, or an empty one."""
    found: JSON = whole.get(name) or {}
    return found


def several(whole: JSON, name: str) -> list[JSON]:
    """The objects that a key holds, or none."""
    found: list[JSON] = whole.get(name) or []
    return found


def text(said: Part) -> Html:
    """Somebody's text as markup; markup stays as it is."""
    return said if isinstance(said, Html) else Html(html.escape(said or ""))


def join(parts: Iterable[Part], between: str = "") -> Html:
    """Several parts as one; `between` is markup."""
    return Html(between.join(text(part) for part in parts))


def element(name: str, /, *inside: Part, **attributes: str | float | bool | None) -> Html:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; None and False leave an attribute out, True gives the bare word."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{join(inside)}</{name}>")


def div(class_: str, /, *inside: Part, **attributes: str | float | bool | None) -> Html:
    return element("div", *inside, class_=class_ or None, **attributes)


def span(class_: str, /, *inside: Part, **attributes: str | float | bool | None) -> Html:
    return element("span", *inside, class_=class_ or None, **attributes)


def lines(said: str) -> Html:
    """Somebody's text with its line breaks."""
    return join(said.split("\n"), "<br>")


def inlined(content: bytes, media_type: str = "image/png") -> str:
    """A picture as a `data:` address, so that a page is one file and asks nobody for anything."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def unknown(kind: str, name: object) -> Html:
    """What stands where something is that this view does not know: it is never dropped."""
    return div("unknown", f"unknown {kind} {name}", role="alert")


def page(title: str, style: Path, body: Html, *, classes: str = "") -> str:
    """A whole page. Its policy forbids scripts and every address but inlined pictures, so that hostile text stays text even if it slips."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    head = join(
        [
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("meta", name="viewport", content="width=device-width"),
            element("title", title),
            Html(f"<style>{style.read_text(encoding='utf-8')}</style>"),
        ]
    )
    return f"<!doctype html>{element('html', element('head', head), element('body', body, class_=classes), lang='en')}"
