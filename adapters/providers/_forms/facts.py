"""Facts: what a model can do, as its form tells."""

import re
from dataclasses import replace

from adapters.providers._forms.form import Field, Form, Role
from bot.model import Capabilities, Operation, Promise

_RATIO = re.compile(r"[1-9]\d?:[1-9]\d?")
_SIZE = re.compile(r"([1-9]\d{2,3})\s?[x×*]\s?([1-9]\d{2,3})")
_ENLARGES = re.compile(r"upscal|enlarg|esrgan|super.?res|aura-sr|enhance", re.IGNORECASE)
_CUTS = re.compile(r"background|rembg|birefnet|matting|cutout", re.IGNORECASE)
_BATCH = 8
"""Images of one call at most, whatever a form allows."""


def capabilities(start: Capabilities, form: Form, *, about: str = "") -> Capabilities:
    """A model's facts, where a form tells them.

    Args:
        start: its name, price, deadline and all else that no form tells.
        form: its fields.
        about: what the service says about it, for models that take a picture and no words.
    """
    seeded = form.field(Role.SEED) is not None
    width, height = form.field(Role.WIDTH), form.field(Role.HEIGHT)
    return replace(
        start,
        operations=_operations(form, f"{start.name} {about}") or start.operations,
        ratios=_ratios(form),
        sizes=_sizes(form),
        sides=_sides(width, height, start.sides),
        multiple=_multiple(width, height),
        most=1 if seeded else _most(form),
        promise=Promise.BEST_EFFORT if seeded else Promise.NOT_REPEATABLE,
        seedless=not seeded,
        negative=form.field(Role.NEGATIVE) is not None,
        steps=_whole(form.field(Role.STEPS), (1, 100)),
        guidance=_span(form.field(Role.GUIDANCE), (0.0, 20.0)),
        strength=form.field(Role.STRENGTH) is not None,
        mask=form.field(Role.MASK) is not None,
        styles=tuple(choice for choice in choices_of(form, Role.STYLE) if choice.casefold() not in {"none", "auto", "any"}),
    )


def choices_of(form: Form, role: Role) -> tuple[str, ...]:
    """What a field may be, or nothing."""
    field = form.field(role)
    return field.choices if field else ()


def measured(choice: str) -> tuple[int, int] | None:
    """Width and height in a choice such as `1024x768`, or None."""
    found = _SIZE.fullmatch(choice.strip())
    return (int(found[1]), int(found[2])) if found else None


def is_ratio(choice: str) -> bool:
    """Whether a choice is a ratio such as `16:9`."""
    return bool(_RATIO.fullmatch(choice))


def _operations(form: Form, words: str) -> frozenset[Operation]:
    pictured = form.field(Role.PICTURE) is not None or form.field(Role.PICTURES) is not None
    must = form.needs(Role.PICTURE) or form.needs(Role.PICTURES)
    if pictured and not form.needs(Role.PROMPT):
        if _CUTS.search(words) and not _ENLARGES.search(words):
            return frozenset({Operation.REMOVE_BACKGROUND})
        if _ENLARGES.search(words) or (must and form.field(Role.SCALE)):
            return frozenset({Operation.UPSCALE})
    if form.field(Role.PROMPT) is None:
        return frozenset()
    found: set[Operation] = set()
    if not must:
        found.add(Operation.DRAW)
    if pictured and not form.needs(Role.MASK):
        found |= {Operation.VARY, Operation.EDIT}
    if pictured and form.field(Role.MASK) is not None:
        found.add(Operation.INPAINT)
    return frozenset(found)


def _ratios(form: Form) -> tuple[str, ...]:
    if form.field(Role.WIDTH) is not None and "custom" in choices_of(form, Role.RATIO):
        return ()
    return tuple(choice for choice in choices_of(form, Role.RATIO) if is_ratio(choice))


def _sizes(form: Form) -> tuple[tuple[int, int], ...]:
    if form.field(Role.RATIO) is not None or form.field(Role.WIDTH) is not None:
        return ()
    found = tuple(size for size in (measured(choice) for choice in choices_of(form, Role.SIZE)) if size)
    return tuple(size for size in found if size[0] % 8 == 0 and size[1] % 8 == 0)


def _sides(width: Field | None, height: Field | None, start: tuple[int, int]) -> tuple[int, int]:
    if width is None or height is None:
        return start
    least = max(int(width.least or start[0]), int(height.least or start[0]))
    most = min(int(width.most or start[1]), int(height.most or start[1]))
    step = _multiple(width, height)
    # Both ends are sides that can be drawn, or a request could be fitted to one that cannot.
    least, most = -(-least // step) * step, most // step * step
    return (least, most) if 0 < least <= most else start


def _multiple(width: Field | None, height: Field | None) -> int:
    steps = [field.multiple for field in (width, height) if field and field.multiple]
    return max([8, *steps]) if width and height else 8


def _most(form: Form) -> int:
    field = form.field(Role.COUNT)
    return min(_BATCH, max(1, int(field.most or 1))) if field else 1


def _whole(field: Field | None, usual: tuple[int, int]) -> tuple[int, int] | None:
    found = _span(field, (float(usual[0]), float(usual[1])))
    return (int(found[0]), int(found[1])) if found else None


def _span(field: Field | None, usual: tuple[float, float]) -> tuple[float, float] | None:
    if field is None:
        return None
    least = usual[0] if field.least is None else field.least
    most = usual[1] if field.most is None else field.most
    return (least, most) if least <= most else usual
