"""The options of a drawing: how a Request reads as options, declared once for every command, platform and form."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.model import CommandSpec, Kind, Operation, Option, Request, Value

PROMPT = Option(name="prompt", kind=Kind.TEXT, about="What you want to see", positional=True, rest=True, example="a red fox in the snow")
SHAPING = (
    Option(name="ar", kind=Kind.RATIO, about="Width to height, such as 16:9", example="16:9"),
    Option(name="count", kind=Kind.INTEGER, about="How many images, 1 to 10", least=1, most=10, example="4"),
    Option(name="seed", kind=Kind.INTEGER, about="Same seed, same picture", least=0, most=2**32 - 1, example="42"),
    Option(name="steps", kind=Kind.INTEGER, about="More steps, more detail", least=1, most=150, example="30"),
    Option(name="guidance", kind=Kind.NUMBER, about="How closely to follow the words", least=0, most=30, example="7"),
    Option(name="strength", kind=Kind.NUMBER, about="How much to change a source image, 0 to 1", least=0, most=1, example="0.6"),
    Option(name="style", kind=Kind.STYLE, about="A style, such as watercolour", example="watercolour"),
    Option(name="no", kind=Kind.TEXT, about="What must not be in the picture", example="text, people"),
    Option(name="model", kind=Kind.MODEL, about="Which model draws; /models lists them", example="sketch"),
)
DRAWING = (PROMPT, *SHAPING)
FRESH = Option(name="fresh", kind=Kind.FLAG, about="Draw it anew, even if it was drawn before")
IMAGINE = CommandSpec(
    name="imagine",
    about="Draw images from words",
    options=(*DRAWING, Option(name="image", kind=Kind.IMAGE, about="A picture to start from")),
    example="imagine a red fox in the snow --ar 16:9 --count 4",
)


def request_of(values: Mapping[str, Value], start: Request | None = None) -> Request:
    """A request from options; what is not named stays as in `start`."""
    request = start or Request()
    changed: dict[str, object] = {}
    for option, field in _FIELDS.items():
        if option in values:
            changed[field] = values[option]
    if "ar" in values:
        changed["size"] = None
    return replace(request, **changed)  # pyright: ignore[reportArgumentType] - the grammar has checked each option's type


def without(request: Request, names: Collection[str]) -> Request:
    """A request with some options taken out of it, as if they had never been said."""
    changed: dict[str, object] = {_FIELDS[name]: getattr(_DEFAULT, _FIELDS[name]) for name in names if name in _FIELDS}
    if "ar" in names:
        changed["size"] = None
    return replace(request, **changed)  # pyright: ignore[reportArgumentType] - each value is the field's own default


def values_of(request: Request) -> dict[str, Value]:
    """The options that ask for a request: the inverse of `request_of`, defaults left out."""
    found: dict[str, Value] = {}
    for option, field in _FIELDS.items():
        value = getattr(request, field)
        if value is not None and value != getattr(_DEFAULT, field):
            found[option] = value
    if request.size and not request.ratio and request.operation is Operation.DRAW:
        found["ar"] = f"{request.size[0]}:{request.size[1]}"
    return found


_DEFAULT = Request()
_FIELDS = {
    "prompt": "prompt",
    "ar": "ratio",
    "count": "count",
    "seed": "seed",
    "steps": "steps",
    "guidance": "guidance",
    "strength": "strength",
    "style": "style",
    "no": "negative",
    "model": "model",
}
