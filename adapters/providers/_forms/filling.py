"""Filling: a request written into a form."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from adapters.providers._forms.facts import choices_of, is_ratio, measured
from adapters.providers._forms.form import Form, Role
from bot.errors import FaultKind, ProviderFault
from bot.model import Operation, Request

_FORMATS = ("png", "webp", "jpeg", "jpg")
_MATCHES = ("match_input_image", "match_input", "auto")
"""What models call the ratio of the picture they are given."""
_NAMED: Mapping[str, float] = MappingProxyType(
    {"square_hd": 1.0, "portrait_4_3": 3 / 4, "portrait_16_9": 9 / 16, "landscape_4_3": 4 / 3, "landscape_16_9": 16 / 9}
)
_CLOSE = "A new picture that is close to this one."
_WHOLES = frozenset({Role.STEPS, Role.COUNT, Role.SCALE})
_LIKENESSES = frozenset({Operation.VARY, Operation.EDIT})


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The pictures of a request, as addresses or data URLs."""

    pictures: tuple[str, ...] = ()
    mask: str | None = None
    size: tuple[int, int] | None = None
    """Of the first picture, in pixels."""


def fields_of(request: Request, form: Form, sources: Sources) -> dict[str, Any]:
    """What a request says, in a model's own names.

    Raises:
        ProviderFault: BAD_REQUEST, the model needs a picture or a mask and there is none, or takes none; nothing was sent.
    """
    prompt = request.prompt or (_CLOSE if request.operation in _LIKENESSES else "")
    said: dict[Role, Any] = {
        Role.PROMPT: prompt or None,
        Role.NEGATIVE: request.negative or None,
        Role.SEED: request.seed,
        Role.STEPS: request.steps,
        Role.GUIDANCE: request.guidance,
        # Said even for one: some models draw four unless told.
        Role.COUNT: request.count,
        Role.STRENGTH: request.strength if sources.pictures else None,
        Role.SCALE: request.scale,
        Role.STYLE: request.style,
        Role.FORMAT: _first(_FORMATS, choices_of(form, Role.FORMAT)),
        **_pictures(form, sources),
        **_shape(request, form, sources),
    }
    return {form.names[role]: _fitted(value, form, role) for role, value in said.items() if value is not None and role in form.names}


def _pictures(form: Form, sources: Sources) -> Mapping[Role, Any]:
    found: dict[Role, Any] = {}
    if sources.pictures:
        first, *more = sources.pictures
        if Role.PICTURES in form.names and (more or Role.PICTURE not in form.names):
            found[Role.PICTURES] = [first, *more]
        elif Role.PICTURE in form.names:
            found[Role.PICTURE] = first
        else:
            raise _impossible("The model takes no picture to start from.")
    elif form.needs(Role.PICTURE) or form.needs(Role.PICTURES):
        raise _impossible("The model needs a picture to start from.")
    if sources.mask is None and form.needs(Role.MASK):
        raise _impossible("The model needs a mask.")
    if sources.mask is not None and Role.MASK not in form.names:
        raise _impossible("The model takes no mask.")
    return {**found, Role.MASK: sources.mask}


def _shape(request: Request, form: Form, sources: Sources) -> Mapping[Role, Any]:
    """The size or the ratio. A picture that is worked on keeps its own shape unless another is asked for."""
    if request.operation in {Operation.UPSCALE, Operation.REMOVE_BACKGROUND}:
        return {}
    kept = sources.size is not None and request.ratio is None
    size = sources.size if kept else request.size
    ratios = choices_of(form, Role.RATIO)
    if kept and (match := _first(_MATCHES, ratios)):
        return {Role.RATIO: match}
    if size is None:
        return {}
    found: dict[Role, Any] = {}
    if Role.WIDTH in form.names and Role.HEIGHT in form.names and (not ratios or "custom" in ratios):
        found[Role.WIDTH], found[Role.HEIGHT] = _within(size, form)
        if ratios:
            found[Role.RATIO] = "custom"
        return found
    if Role.RATIO in form.names:
        offered = [choice for choice in ratios if is_ratio(choice)]
        if offered:
            found[Role.RATIO] = _nearest(size, {choice: int(choice.split(":")[0]) / int(choice.split(":")[1]) for choice in offered})
        elif not ratios:
            found[Role.RATIO] = _written(request, size)
        return found
    return {Role.SIZE: _size(size, form)}


def _size(size: tuple[int, int], form: Form) -> Any:  # noqa: ANN401 - an object of two sides or one of the choices
    field = form.field(Role.SIZE)
    if field is None:
        return None
    if field.shaped:
        return {"width": size[0], "height": size[1]}
    sizes = {choice: found for choice in field.choices if (found := measured(choice))}
    if sizes:
        return min(sizes, key=lambda choice: (abs(_turn(size) - _turn(sizes[choice])), abs(size[0] - sizes[choice][0])))
    named = {choice: _NAMED[choice] for choice in field.choices if choice in _NAMED}
    return _nearest(size, named) if named else None


def _within(size: tuple[int, int], form: Form) -> tuple[int, int]:
    """A size as width and height can be: a source's own may be larger than anything the model draws."""
    width, height = form.field(Role.WIDTH), form.field(Role.HEIGHT)
    most = min((field.most for field in (width, height) if field and field.most), default=max(2048.0, *size))
    least = max((field.least for field in (width, height) if field and field.least), default=1.0)
    step = max([8, *(field.multiple for field in (width, height) if field and field.multiple)])
    shrink = min(1.0, most / max(size))
    first, second = (int(max(least, min(most, max(step, round(side * shrink / step) * step)))) for side in size)
    return first, second


def _fitted(value: object, form: Form, role: Role) -> object:
    """A value as the field takes it: within its bounds, one of its choices, a number as text where it says so."""
    field = form.field(role)
    if field is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and field.most is not None and value > field.most:
        # A seed beyond the model's largest is folded, so that equal seeds stay equal; the service tells the one that counted.
        value = value % (int(field.most) + 1) if role is Role.SEED else int(field.most)
    if isinstance(value, int) and role in _WHOLES and field.least is not None:
        value = max(value, math.ceil(field.least))
    if isinstance(value, int) and field.choices and str(value) not in field.choices:
        numbers = [choice for choice in field.choices if choice.isdecimal()]
        value = int(min(numbers, key=lambda choice: abs(int(choice) - int(str(value))))) if numbers else value
    return str(value) if field.kind == "string" and isinstance(value, int | float) else value


def _nearest(size: tuple[int, int], offered: Mapping[str, float]) -> str:
    return min(offered, key=lambda choice: abs(math.log(offered[choice]) - _turn(size)))


def _turn(size: tuple[int, int]) -> float:
    return math.log(size[0] / size[1])


def _written(request: Request, size: tuple[int, int]) -> str:
    """A ratio for a field that takes any."""
    if request.ratio:
        return request.ratio
    divisor = math.gcd(*size)
    return f"{size[0] // divisor}:{size[1] // divisor}"


def _first(wanted: Sequence[str], offered: Sequence[str]) -> str | None:
    return next((choice for choice in wanted if choice in offered), None)


def _impossible(sentence: str) -> ProviderFault:
    return ProviderFault(sentence, kind=FaultKind.BAD_REQUEST, accepted=False)
