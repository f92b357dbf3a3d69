"""Discord's components, drawn: rows of buttons and menus, and the layout kind (containers, texts, galleries); any other is named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.wire.view import markdown
from tests.wire.view.markup import JSON, Html, div, element, inner, join, several, span, text, unknown

_RADIO = 21
_PARAGRAPH = 2
_LARGE = 2
_STYLES: Mapping[int, str] = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium"}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a page knows beside a message: names by id, who is a bot, and pictures (`data:` addresses) by attachment address."""

    people: Mapping[str, str] = field(default_factory=dict[str, str])
    bots: frozenset[str] = frozenset()
    pictures: Mapping[str, str] = field(default_factory=dict[str, str])


def draw(components: Sequence[JSON], known: Known) -> Html:
    """Components, first to last."""
    return join(draw_component(each, known) for each in components)


def draw_component(part: JSON, known: Known) -> Html:
    drawn = _COMPONENTS.get(part.get("type", 0))
    return drawn(part, known) if drawn else unknown("component", part.get("type"))


def picture(address: str, known: Known, *, alt: str | None, spoiler: bool = False) -> Html:
    """A picture with its description; behind a cover where it is a spoiler, in a box that says so where it is missing."""
    # An address of a file is signed anew each time it is given; the file is the same.
    source = known.pictures.get(address) or known.pictures.get(address.partition("?")[0])
    if not source:
        return div("missing", f"picture not found: {alt or address}", role="alert")
    shown = element("img", src=source, alt=alt or "")
    return div("covered", shown, span("cover", "SPOILER")) if spoiler else shown


def gallery(pictures: Sequence[Html]) -> Html:
    """Up to ten pictures, as many to a row as Discord puts there."""
    return div(f"gallery of-{len(pictures)}", *(div("cell", each) for each in pictures))


def _row(part: JSON, known: Known) -> Html:
    return div("actions", draw(part["components"], known), role="group")


def _button(part: JSON, known: Known) -> Html:
    del known
    emoji = inner(part, "emoji").get("name")
    label = join([text(f"{emoji} " if emoji else ""), text(part.get("label", ""))])
    style = f"button {_STYLES[part.get('style', 2)]}"
    return element("button", label, class_=style, type="button", disabled=bool(part.get("disabled")), aria_label=part.get("label") or emoji)


def _menu(part: JSON, known: Known) -> Html:
    del known
    chosen = [option["label"] for option in several(part, "options") if option.get("default")]
    shown = span("", ", ".join(chosen)) if chosen else span("placeholder", part.get("placeholder") or "Make a selection")
    return div("menu", shown, span("arrow", "⌄", aria_hidden="true"))


def _section(part: JSON, known: Known) -> Html:
    beside = div("accessory", draw_component(part["accessory"], known))
    return div("section", div("main", draw(part["components"], known)), beside)


def _words(part: JSON, known: Known) -> Html:
    return div("words", markdown.draw(part["content"], known.people))


def _thumbnail(part: JSON, known: Known) -> Html:
    shown = picture(part["media"]["url"], known, alt=part.get("description"), spoiler=bool(part.get("spoiler")))
    return div("thumbnail", shown)


def _gallery(part: JSON, known: Known) -> Html:
    return gallery(
        [picture(each["media"]["url"], known, alt=each.get("description"), spoiler=bool(each.get("spoiler"))) for each in part["items"]]
    )


def _file(part: JSON, known: Known) -> Html:
    del known
    name = part.get("name") or part["file"]["url"].rpartition("/")[2]
    return div("file", span("sheet", "▤", aria_hidden="true"), element("a", name))


def _separator(part: JSON, known: Known) -> Html:
    del known
    space = "separator wide" if part.get("spacing") == _LARGE else "separator"
    return element("hr", class_=space) if part.get("divider", True) else div(space)


def _container(part: JSON, known: Known) -> Html:
    colour = part.get("accent_color")
    inside = draw(part["components"], known)
    edge = f"border-left-color: #{colour:06x}" if colour is not None else None
    return div("container accented" if edge else "container", inside, style=edge)


def _label(part: JSON, known: Known) -> Html:
    inside: JSON = part["component"]
    needed = span("needed", " *", aria_label="required") if inside.get("required", True) else None
    about = div("hint", part["description"]) if part.get("description") else None
    return element("label", div("label", part["label"], needed), about, draw_component(inside, known), class_="input")


def _typed(part: JSON, known: Known) -> Html:
    del known
    value = part.get("value")
    shown = span("", value) if value else span("placeholder", part.get("placeholder") or Html("&nbsp;"))
    over = div("label", part["label"]) if part.get("label") else None
    return join([over, div("typed long" if part.get("style") == _PARAGRAPH else "typed", shown)])


def _upload(part: JSON, known: Known) -> Html:
    del part, known
    return div("drop", "Drop file here or ", element("a", "browse"))


def _choices(part: JSON, known: Known) -> Html:
    del known
    kind = "radio" if part["type"] == _RADIO else "checkbox"
    options = several(part, "options")
    chosen = [
        element("label", element("input", type=kind, checked=bool(option.get("default"))), text(option["label"])) for option in options
    ]
    return div("choices", *chosen)


_COMPONENTS: Mapping[int, Callable[[JSON, Known], Html]] = {
    1: _row,
    2: _button,
    3: _menu,
    4: _typed,
    5: _menu,
    6: _menu,
    7: _menu,
    8: _menu,
    9: _section,
    10: _words,
    11: _thumbnail,
    12: _gallery,
    13: _file,
    14: _separator,
    17: _container,
    18: _label,
    19: _upload,
    21: _choices,
    22: _choices,
}
