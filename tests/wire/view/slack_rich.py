"""Slack's rich text, drawn: sections, lists, quotes and preformatted text, and what stands in them."""

from collections.abc import Callable, Mapping, Sequence

from tests.wire.view import mrkdwn
from tests.wire.view.markup import JSON, Html, element, join, lines, span, text, unknown
from tests.wire.view.slack_elements import Known

_MARKS: Mapping[str, str] = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}


def draw(parts: Sequence[JSON], known: Known) -> Html:
    """The elements of a rich_text block."""
    return join(_part(part, known) for part in parts)


def _part(part: JSON, known: Known) -> Html:
    match part["type"]:
        case "rich_text_section":
            return element("p", _inside(part, known))
        case "rich_text_preformatted":
            return element("pre", _inside(part, known))
        case "rich_text_quote":
            return element("blockquote", _inside(part, known))
        case "rich_text_list":
            items = join(element("li", _inside(each, known)) for each in part["elements"])
            return element("ol" if part.get("style") == "ordered" else "ul", items)
        case other:
            return unknown("rich text", other)


def _inside(part: JSON, known: Known) -> Html:
    return join(_word(each, known) for each in part["elements"])


def _word(word: JSON, known: Known) -> Html:
    drawn = _WORDS.get(word["type"])
    return drawn(word, known) if drawn else unknown("rich text", word["type"])


def _text(word: JSON, known: Known) -> Html:
    del known
    drawn = lines(word["text"])
    for mark, name in _MARKS.items():
        drawn = element(name, drawn) if word.get("style", {}).get(mark) else drawn
    return drawn


def _named(word: JSON, known: Known) -> Html:
    kind = word["type"]
    name = word[f"{kind}_id"]
    return span("mention", f"{'#' if kind == 'channel' else '@'}{known.people.get(name, name)}")


_WORDS: Mapping[str, Callable[[JSON, Known], Html]] = {
    "text": _text,
    "link": lambda word, _: element("a", word.get("text") or word["url"], href=word["url"]),
    "emoji": lambda word, _: mrkdwn.emoji(word["name"]),
    "user": _named,
    "channel": _named,
    "usergroup": _named,
    "broadcast": lambda word, _: span("mention shout", f"@{word['range']}"),
    "date": lambda word, _: text(word.get("fallback") or word["format"]),
}
