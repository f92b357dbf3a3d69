"""Forms that open over the window: what Discord lets through, and what a person finds in them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.wire.discord.components import ROW, SELECTS, TEXT, TEXT_INPUT, check_options, check_select
from tests.wire.discord.faults import Form, Json, items, within

if TYPE_CHECKING:
    from tests.wire.discord.interactions import Interaction

LABEL, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 18, 19, 21, 22, 23
IN_LABEL = (*SELECTS, TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing to fill in."""

    label: str
    description: str
    custom_id: str
    type: int
    raw: Json = field(repr=False)

    @property
    def value(self) -> str:
        """What stands in it when the form opens."""
        chosen = [option["value"] for option in items(self.raw, "options") if option.get("default")]
        return str(self.raw.get("value") or "") or ", ".join(chosen)

    @property
    def required(self) -> bool:
        return self.raw.get("required", True) is not False


@dataclass(kw_only=True, eq=False)
class Modal:
    """A form as a person sees it."""

    interaction: "Interaction" = field(repr=False)
    data: Json

    @property
    def title(self) -> str:
        return self.data["title"]

    @property
    def fields(self) -> list[Field]:
        return [found for top in self.data["components"] if (found := _field(top))]

    def field(self, name: str) -> Field:
        """By label or custom id."""
        return next(each for each in self.fields if name in {each.label, each.custom_id})


def _field(top: Json) -> Field | None:
    if top["type"] == TEXT:
        return None
    inner: Json = top["component"] if top["type"] == LABEL else top["components"][0]
    label = top.get("label") or inner.get("label") or ""
    return Field(label=label, description=top.get("description") or "", custom_id=inner["custom_id"], type=inner["type"], raw=inner)


def check_modal(data: Json) -> None:
    """Raises 50035 for a form that Discord does not show."""
    form = Form()
    form.length("data.title", data.get("title"), 45, 1, required=True)
    form.length("data.custom_id", data.get("custom_id"), 100, 1, required=True)
    seen: set[Any] = set()
    if form.count("data.components", data.get("components"), 5, 1):
        for index, top in enumerate(data["components"]):
            _check_top(form, f"data.components.{index}", top, seen)
    form.check()


def _check_top(form: Form, path: str, top: Json, seen: set[Any]) -> None:
    form.choice(f"{path}.type", top.get("type"), (ROW, TEXT, LABEL))
    if top.get("type") == TEXT:
        form.length(f"{path}.content", top.get("content"), 4000, 1, required=True)
    elif top.get("type") == ROW:
        if form.count(f"{path}.components", top.get("components"), 1, 1):
            form.length(f"{path}.components.0.label", top["components"][0].get("label"), 45, 1, required=True)
            _check_inner(form, f"{path}.components.0", top["components"][0], (TEXT_INPUT,), seen)
    elif top.get("type") == LABEL:
        form.length(f"{path}.label", top.get("label"), 45, 1, required=True)
        form.length(f"{path}.description", top.get("description"), 100)
        _check_inner(form, f"{path}.component", within(top, "component"), IN_LABEL, seen)


def _check_inner(form: Form, path: str, inner: Json, kinds: tuple[int, ...], seen: set[Any]) -> None:
    kind = inner.get("type")
    form.choice(f"{path}.type", kind, kinds)
    form.length(f"{path}.custom_id", inner.get("custom_id"), 100, 1, required=True)
    if inner.get("custom_id") in seen:
        form.wrong(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    seen.add(inner.get("custom_id"))
    if kind == TEXT_INPUT:
        _check_text(form, path, inner)
    elif kind in SELECTS:
        check_select(form, path, inner)
    elif kind == FILE_UPLOAD:
        form.number(f"{path}.min_values", inner.get("min_values"), 0, 10)
        form.number(f"{path}.max_values", inner.get("max_values"), 1, 10)
    elif kind in {RADIO, CHECKBOXES} and form.count(f"{path}.options", inner.get("options"), 10, 2 if kind == RADIO else 1):
        check_options(form, f"{path}.options", inner["options"])


def _check_text(form: Form, path: str, inner: Json) -> None:
    form.choice(f"{path}.style", inner.get("style"), (1, 2))
    form.number(f"{path}.min_length", inner.get("min_length"), 0, 4000)
    form.number(f"{path}.max_length", inner.get("max_length"), 1, 4000)
    form.length(f"{path}.placeholder", inner.get("placeholder"), 100)
    form.length(f"{path}.value", inner.get("value"), min(4000, inner.get("max_length") or 4000))
