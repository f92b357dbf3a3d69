"""Slack's Block Kit, drawn: every block that a message, a modal or a Home tab of ours may hold; any other is named."""

from collections.abc import Callable, Mapping, Sequence

from tests.wire.view import slack_rich
from tests.wire.view.markup import JSON, Html, Part, div, element, join, span, unknown
from tests.wire.view.slack_elements import Known, draw_element, image, words


def draw(blocks: Sequence[JSON], known: Known) -> Html:
    """Blocks, first to last."""
    return join(draw_block(block, known) for block in blocks)


def draw_block(block: JSON, known: Known) -> Html:
    drawn = _BLOCKS.get(block.get("type", ""))
    return drawn(block, known) if drawn else unknown("block", block.get("type"))


def _header(block: JSON, known: Known) -> Html:
    return element("h3", words(block["text"], known), class_="header")


def _section(block: JSON, known: Known) -> Html:
    said: list[Part] = [div("words", words(block["text"], known))] if block.get("text") else []
    if block.get("fields"):
        said.append(div("fields", *(div("field", words(each, known)) for each in block["fields"])))
    beside = div("accessory", draw_element(block["accessory"], known)) if block.get("accessory") else None
    return div("section", div("main", *said), beside)


def _context(block: JSON, known: Known) -> Html:
    return div(
        "context",
        *(draw_element(each, known) if each["type"] == "image" else span("words", words(each, known)) for each in block["elements"]),
    )


def _actions(block: JSON, known: Known) -> Html:
    return div("actions", *(draw_element(each, known) for each in block["elements"]), role="group")


def _divider(block: JSON, known: Known) -> Html:
    del block, known
    return element("hr")


def _image(block: JSON, known: Known) -> Html:
    title = div("image-title", words(block["title"], known)) if block.get("title") else None
    return element("figure", title, image(block, known), class_="image")


def _markdown(block: JSON, known: Known) -> Html:
    del known
    return div("section", element("pre", block["text"], class_="raw"))


def _input(block: JSON, known: Known) -> Html:
    optional = span("optional", " (optional)") if block.get("optional") else None
    hint = div("hint", words(block["hint"], known)) if block.get("hint") else None
    return element(
        "label", div("label", words(block["label"], known), optional), draw_element(block["element"], known), hint, class_="input"
    )


def _rich(block: JSON, known: Known) -> Html:
    return div("rich", slack_rich.draw(block["elements"], known))


_BLOCKS: Mapping[str, Callable[[JSON, Known], Html]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "image": _image,
    "markdown": _markdown,
    "input": _input,
    "rich_text": _rich,
}
