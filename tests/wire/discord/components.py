"""Components of a message: what Discord lets through, and how a person sees them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.wire.discord.faults import Form, Json, items

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
ENTITY_SELECTS = (5, 6, 7, 8)
SELECTS = (STRING_SELECT, *ENTITY_SELECTS)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LINK, PREMIUM = 5, 6
TOP = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, its accessory before its children, as deep as they go."""
    for each in components:
        yield each
        for inner in ("accessory", "component"):
            if each.get(inner):
                yield from walk([each[inner]])
        yield from walk(items(each, "components"))


def media(component: Json) -> list[Json]:
    """The pictures and files that a component shows, each with its `url`."""
    if component["type"] == GALLERY:
        return [item["media"] for item in items(component, "items")]
    return [component[name] for name in ("media", "file") if name in component]


@dataclass(kw_only=True)
class Components:
    """The components of one message, being read."""

    form: Form
    v2: bool
    files: set[str]
    """Names of the message's attachments."""
    seen: set[str] = field(default_factory=set[str])
    total: int = 0
    letters: int = 0

    def check(self, components: Any) -> None:
        if not self.form.count("components", components, 40 if self.v2 else 5):
            return
        for index, each in enumerate(components):
            self._one(f"components.{index}", each, TOP if self.v2 else (ROW,))
        if self.v2 and self.total > 40:
            self.form.wrong("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"{self.total} of at most 40 components")
        if self.letters > 4000:
            self.form.wrong("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"{self.letters} of at most 4000 characters")

    def _one(self, path: str, each: Any, kinds: tuple[int, ...]) -> None:
        self.total += 1
        body: Json = each or {}
        kind: Any = body.get("type")
        if kind not in kinds:
            self.form.wrong(f"{path}.type", "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {kinds}.')
            return
        check = {
            ROW: self._row, BUTTON: self._button, SECTION: self._section, TEXT: self._text, THUMBNAIL: self._thumbnail,
            GALLERY: self._gallery, FILE: self._file, SEPARATOR: self._separator, CONTAINER: self._container,
        }.get(kind, self._select)  # fmt: skip
        check(path, body)

    def _row(self, path: str, row: Json) -> None:
        inner = row.get("components")
        if self.form.count(f"{path}.components", inner, 5, 1):
            kinds: list[Any] = [child.get("type") for child in items(row, "components")]
            if len(kinds) > 1 and any(kind in SELECTS for kind in kinds):
                self.form.wrong(f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The sum of component widths must be at most 5.")
            for index, child in enumerate(items(row, "components")):
                self._one(f"{path}.components.{index}", child, (BUTTON, *SELECTS))

    def _custom_id(self, path: str, each: Json) -> None:
        name = each.get("custom_id")
        self.form.length(f"{path}.custom_id", name, 100, 1, required=True)
        if name in self.seen:
            self.form.wrong(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        self.seen.add(str(name))

    def _button(self, path: str, button: Json) -> None:
        style = button.get("style")
        self.form.choice(f"{path}.style", style, (1, 2, 3, 4, 5, 6))
        self.form.length(f"{path}.label", button.get("label"), 80)
        check_emoji(self.form, f"{path}.emoji", button.get("emoji"))
        if not button.get("label") and not button.get("emoji") and style != PREMIUM:
            self.form.wrong(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji")
        if style == LINK:
            check_url(self.form, f"{path}.url", button.get("url"), 512)
            if button.get("custom_id"):
                self.form.wrong(path, "BUTTON_COMPONENT_CUSTOM_ID_OR_URL", "A link button cannot have a custom id")
        elif style != PREMIUM:
            self._custom_id(path, button)
            if button.get("url"):
                self.form.wrong(path, "BUTTON_COMPONENT_CUSTOM_ID_OR_URL", "A custom id and url cannot both be specified")

    def _select(self, path: str, select: Json) -> None:
        self._custom_id(path, select)
        check_select(self.form, path, select)

    def _section(self, path: str, section: Json) -> None:
        if self.form.count(f"{path}.components", section.get("components"), 3, 1):
            for index, child in enumerate(section["components"]):
                self._one(f"{path}.components.{index}", child, (TEXT,))
        self._one(f"{path}.accessory", section.get("accessory"), (BUTTON, THUMBNAIL))

    def _text(self, path: str, text: Json) -> None:
        self.form.length(f"{path}.content", text.get("content"), 4000, 1, required=True)
        self.letters += len(str(text.get("content") or ""))

    def _thumbnail(self, path: str, thumbnail: Json) -> None:
        self._media(f"{path}.media", thumbnail.get("media"))
        self.form.length(f"{path}.description", thumbnail.get("description"), 1024)

    def _gallery(self, path: str, gallery: Json) -> None:
        if self.form.count(f"{path}.items", gallery.get("items"), 10, 1):
            for index, item in enumerate(gallery["items"]):
                self._media(f"{path}.items.{index}.media", item.get("media"))
                self.form.length(f"{path}.items.{index}.description", item.get("description"), 1024)

    def _file(self, path: str, file: Json) -> None:
        self._media(f"{path}.file", file.get("file"), only_ours=True)

    def _separator(self, path: str, separator: Json) -> None:
        self.form.choice(f"{path}.spacing", separator.get("spacing", 1), (1, 2))

    def _container(self, path: str, container: Json) -> None:
        self.form.number(f"{path}.accent_color", container.get("accent_color"), 0, 0xFFFFFF)
        if self.form.count(f"{path}.components", container.get("components"), 40, 1):
            for index, child in enumerate(container["components"]):
                self._one(f"{path}.components.{index}", child, IN_CONTAINER)

    def _media(self, path: str, item: Any, *, only_ours: bool = False) -> None:
        url = str(item.get("url") or "") if isinstance(item, dict) else ""  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType] - JSON
        if url.startswith("attachment://"):
            if url.removeprefix("attachment://") not in self.files:
                self.form.wrong(
                    f"{path}.url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment was not found"
                )
        elif only_ours:
            self.form.wrong(f"{path}.url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_REQUIRED", "Only attachment:// may be used here")
        else:
            check_url(self.form, f"{path}.url", url, 2048)


def check_url(form: Form, path: str, url: Any, most: int) -> None:
    form.length(path, url, most, 1, required=True)
    if url and urlsplit(str(url)).scheme not in {"http", "https", "discord"}:
        form.wrong(path, "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")


def check_emoji(form: Form, path: str, emoji: Json | None) -> None:
    """Unicode, for our application owns no emoji of its own."""
    if emoji and (emoji.get("id") or str(emoji.get("name") or "").isascii()):
        form.wrong(path, "COMPONENT_INVALID_EMOJI", "Invalid emoji")


def check_select(form: Form, path: str, select: Json) -> None:
    """A select menu, in a message or in a form."""
    form.length(f"{path}.placeholder", select.get("placeholder"), 150)
    form.number(f"{path}.min_values", select.get("min_values"), 0, 25)
    form.number(f"{path}.max_values", select.get("max_values"), 1, 25)
    if select["type"] == STRING_SELECT and form.count(f"{path}.options", select.get("options"), 25, 1):
        check_options(form, f"{path}.options", select["options"])


def check_options(form: Form, path: str, options: list[Json]) -> None:
    """The lines of a select menu or a group of boxes."""
    values: set[str] = set()
    for index, option in enumerate(options):
        form.length(f"{path}.{index}.label", option.get("label"), 100, 1, required=True)
        form.length(f"{path}.{index}.value", option.get("value"), 100, 1, required=True)
        form.length(f"{path}.{index}.description", option.get("description"), 100)
        check_emoji(form, f"{path}.{index}.emoji", option.get("emoji"))
        if option.get("value") in values:
            form.wrong(f"{path}.{index}.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
        values.add(str(option.get("value")))


def number(components: list[Json]) -> None:
    """Gives every component that has none an `id` of its own, from 1 up."""
    used = {each["id"] for each in walk(components) if each.get("id")}
    following = 1
    for each in walk(components):
        if not each.get("id"):
            while following in used:
                following += 1
            each["id"] = following
            used.add(following)
