"""Forms: what a person fills in instead of typing options."""

from collections.abc import Collection, Mapping, Sequence

from bot.model import Field, Form, Kind, Option, Value

_NUMBERS = {Kind.INTEGER, Kind.NUMBER}
_LABELS = {
    "prompt": "Prompt",
    "ar": "Aspect ratio",
    "count": "Images",
    "seed": "Seed",
    "steps": "Steps",
    "guidance": "Guidance",
    "strength": "Strength",
    "style": "Style",
    "no": "Leave out",
    "model": "Model",
    "image": "Picture to start from",
    "mask": "Mask",
}


def drawing_form(
    title: str,
    line: str,
    options: Sequence[Option],
    had: Mapping[str, Value],
    *,
    models: Sequence[str],
    needed: Collection[str] = ("prompt",),
) -> Form:
    """A form for the options of a drawing, filled with what is known already. `needed` names the fields that may not be empty."""
    fields = tuple(_field(option, str(had.get(option.name, "")), models, needed) for option in options)
    return Form(title=title, line=line, fields=fields, submit="Draw")


def _field(option: Option, value: str, models: Sequence[str], needed: Collection[str]) -> Field:
    return Field(
        name=option.name,
        label=_LABELS[option.name],
        value=value,
        hint=option.about,
        choices=tuple(models) if option.kind is Kind.MODEL else (),
        required=option.name in needed,
        long=option.name == "prompt",
        numeric=option.kind in _NUMBERS,
        longest=4000 if option.name == "prompt" else 400,
        file=option.kind is Kind.IMAGE,
    )
