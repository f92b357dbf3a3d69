"""Slack's block elements, drawn: buttons, menus, inputs and small pictures; any other is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.wire.view import mrkdwn
from tests.wire.view.markup import JSON, NOTHING, Html, div, element, inner, several, span, unknown


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a page knows beside the blocks: names by id, who is a bot, and pictures (`data:` addresses) by file id or address."""

    people: Mapping[str, str] = field(default_factory=dict[str, str])
    bots: frozenset[str] = frozenset()
    pictures: Mapping[str, str] = field(default_factory=dict[str, str])


def words(composed: JSON | None, known: Known) -> Html:
    """A text object: `plain_text` or `mrkdwn`."""
    if not composed:
        return NOTHING
    return mrkdwn.draw(composed["text"], known.people) if composed["type"] == "mrkdwn" else mrkdwn.plain(composed)


def draw_element(part: JSON, known: Known) -> Html:
    drawn = _ELEMENTS.get(part.get("type", ""))
    return drawn(part, known) if drawn else unknown("element", part.get("type"))


def image(part: JSON, known: Known) -> Html:
    """A picture by `slack_file` or `image_url`, with its alt text; a missing one is a box that says its alt text."""
    file = inner(part, "slack_file")
    source = known.pictures.get(file.get("id") or file.get("url") or part.get("image_url", ""))
    alt = part.get("alt_text", "")
    return element("img", src=source, alt=alt) if source else div("missing", f"picture not found: {alt}", role="alert")


def _button(part: JSON, known: Known) -> Html:
    style = f"button {part.get('style', '')}".strip()
    # What is asked before the press has no place in a still picture but the hover text.
    asked = inner(inner(part, "confirm"), "text").get("text")
    return element(
        "button", words(part["text"], known), class_=style, type="button", aria_label=part.get("accessibility_label"), title=asked
    )


def _menu(part: JSON, known: Known) -> Html:
    shown = words(inner(part, "initial_option").get("text"), known) or span("placeholder", words(part.get("placeholder"), known))
    return div("menu", shown, span("arrow", "⌄", aria_hidden="true"))


def _overflow(part: JSON, known: Known) -> Html:
    del known
    label = ", ".join(option["text"]["text"] for option in part["options"])
    return element("button", "⋯", class_="button overflow", type="button", aria_label=f"More: {label}")


def _input(part: JSON, known: Known) -> Html:
    value = part.get("initial_value")
    shown = element("span", value) if value else span("placeholder", words(part.get("placeholder"), known) or Html("&nbsp;"))
    return div("typed multiline" if part.get("multiline") else "typed", shown)


def _file(part: JSON, known: Known) -> Html:
    del known
    return div("drop", span("button", "Upload file"), span("placeholder", f" or drop up to {part.get('max_files', 10)} here"))


def _choices(part: JSON, known: Known) -> Html:
    on = [option.get("value") for option in [*several(part, "initial_options"), inner(part, "initial_option")]]
    kind = "radio" if part["type"] == "radio_buttons" else "checkbox"
    return div(
        "choices",
        *(
            element("label", element("input", type=kind, checked=option.get("value") in on), words(option["text"], known))
            for option in part["options"]
        ),
    )


_ELEMENTS: Mapping[str, Callable[[JSON, Known], Html]] = {
    "button": _button,
    "overflow": _overflow,
    "image": image,
    "static_select": _menu,
    "external_select": _menu,
    "users_select": _menu,
    "conversations_select": _menu,
    "channels_select": _menu,
    "multi_static_select": _menu,
    "plain_text_input": _input,
    "number_input": _input,
    "email_text_input": _input,
    "url_text_input": _input,
    "file_input": _file,
    "radio_buttons": _choices,
    "checkboxes": _choices,
}
