"""Requests: the endpoint and the fields for each operation of each model (providers.md §8, v2: the model is in the path)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from adapters.calls import Source
from adapters.providers.ideogram.models import PRESETS_3, Quality
from bot.errors import FaultKind, ProviderFault
from bot.model import Operation, Request

_SEEDS = 2**31
"""Its seeds end here; ours go twice as far."""
_SPEEDS: Mapping[Quality, str] = MappingProxyType({"low": "turbo", "medium": "default", "high": "quality"})
_CLOSE = "A new picture that is close to this one."
_FILLED = "Fill this part so that it goes with what is around it."
_WEIGHT = 50


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What an admin decided for every request."""

    quality: Quality = "medium"
    magic_prompt: str = "auto"
    private: bool = True
    webhook: str = ""
    """Where deliveries go, or empty."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A call: where to, which fields, and which files (none: JSON, else a form)."""

    path: str
    fields: Mapping[str, Any]
    files: Mapping[str, tuple[str, bytes, str]] = field(default_factory=dict[str, tuple[str, bytes, str]])

    @property
    def form(self) -> dict[str, str]:
        """The fields as a form says them."""
        return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in self.fields.items()}


def order_of(request: Request, source: Source | None, mask: bytes | None, manners: Manners) -> Order:
    """A request as a call that answers at once with an id. `mask` is greyscale, black = edit, of the source's size.

    Raises:
        ProviderFault: BAD_REQUEST, a picture or a mask is missing, or it cannot enlarge so many times; nothing was sent.
    """
    action = _ACTIONS[request.model or "", request.operation]
    path, said = action(request, manners)
    files: dict[str, tuple[str, bytes, str]] = {}
    if request.operation is not Operation.DRAW:
        if source is None:
            raise _impossible("There is no picture to start from.")
        files["image"] = source.file
    if request.operation is Operation.INPAINT:
        if mask is None:
            raise _impossible("Inpainting needs a mask.")
        files["mask"] = ("mask.png", mask, "image/png")
    elif mask is not None and request.operation is Operation.EDIT and request.model == "ideogram-4-5":
        files["mask"] = ("mask.png", mask, "image/png")
    hook = manners.webhook if request.operation not in _WITHOUT_WEBHOOK else ""
    usual: dict[str, Any] = {"async": True, "private": manners.private, "webhook_url": hook or None}
    fields = {name: value for name, value in {**said, **usual}.items() if value is not None}
    return Order(path=f"/v2/image/{path}", fields=fields, files=files)


def seed_of(request: Request) -> int | None:
    """A seed that it takes."""
    return None if request.seed is None else request.seed % _SEEDS


def _draw_45(request: Request, manners: Manners) -> tuple[str, dict[str, Any]]:
    return "generate/ideogram-4-5", {
        "prompt": request.prompt,
        "size": _size(request),
        "quality": manners.quality,
        "seed": seed_of(request),
        **_magic(manners),
    }


def _edit_45(request: Request, manners: Manners) -> tuple[str, dict[str, Any]]:
    return "precise-edit/ideogram-4-5", {"prompt": request.prompt or _FILLED, "quality": manners.quality, "seed": seed_of(request)}


def _draw_4(request: Request, manners: Manners) -> tuple[str, dict[str, Any]]:
    return "generate/ideogram-4", {
        "prompt": request.prompt,
        "resolution": _size(request),
        "rendering_speed": _SPEEDS[manners.quality],
        "seed": seed_of(request),
        **_magic(manners),
    }


def _draw_3(request: Request, manners: Manners) -> tuple[str, dict[str, Any]]:
    return "generate/ideogram-3", {
        "prompt": request.prompt,
        "negative_prompt": request.negative or None,
        "resolution": _size(request),
        **_painted_3(request, manners),
        **_magic(manners),
    }


def _remix_3(request: Request, manners: Manners) -> tuple[str, dict[str, Any]]:
    # Ours says how far to go from the picture, theirs how much of it to keep.
    weight = _WEIGHT if request.strength is None else min(100, max(1, round(100 * (1 - request.strength))))
    return "remix/ideogram-3", {
        "prompt": request.prompt or _CLOSE,
        "negative_prompt": request.negative or None,
        "resolution": _size(request),
        "image_weight": weight,
        **_painted_3(request, manners),
        **_magic(manners),
    }


def _inpaint_3(request: Request, manners: Manners) -> tuple[str, dict[str, Any]]:
    return "inpaint/ideogram-3", {"prompt": request.prompt or _FILLED, **_painted_3(request, manners), **_magic(manners)}


def _reframe_3(request: Request, manners: Manners) -> tuple[str, dict[str, Any]]:
    said = _painted_3(request, manners)
    said.pop("style_type")
    return "reframe/ideogram-3", {"resolution": _size(request), **said}


def _upscale(request: Request, _: Manners) -> tuple[str, dict[str, Any]]:
    factor = request.scale or 2
    if factor not in {2, 4}:
        raise _impossible("Ideogram enlarges two times or four times.")
    return "upscale/topaz-standard-2", {"upscale_factor": f"x{factor}"}


def _cut_out(_: Request, __: Manners) -> tuple[str, dict[str, Any]]:
    return "remove-background/ideogram-1", {}


_ACTIONS: Mapping[tuple[str, Operation], Callable[[Request, Manners], tuple[str, dict[str, Any]]]] = MappingProxyType(
    {
        ("ideogram-4-5", Operation.DRAW): _draw_45,
        ("ideogram-4-5", Operation.EDIT): _edit_45,
        ("ideogram-4-5", Operation.INPAINT): _edit_45,
        ("ideogram-4-5", Operation.UPSCALE): _upscale,
        ("ideogram-4-5", Operation.REMOVE_BACKGROUND): _cut_out,
        ("ideogram-4", Operation.DRAW): _draw_4,
        ("ideogram-3", Operation.DRAW): _draw_3,
        ("ideogram-3", Operation.VARY): _remix_3,
        ("ideogram-3", Operation.EDIT): _remix_3,
        ("ideogram-3", Operation.INPAINT): _inpaint_3,
        ("ideogram-3", Operation.OUTPAINT): _reframe_3,
    }
)
_WITHOUT_WEBHOOK = frozenset({Operation.OUTPAINT, Operation.REMOVE_BACKGROUND})
"""Their endpoints have no field for one."""


def _painted_3(request: Request, manners: Manners) -> dict[str, Any]:
    preset = request.style in PRESETS_3
    return {
        "rendering_speed": _SPEEDS[manners.quality],
        "style_type": None if preset else request.style,
        "style_preset": request.style if preset else None,
        "seed": seed_of(request),
    }


def _magic(manners: Manners) -> dict[str, Any]:
    return {} if manners.magic_prompt == "auto" else {"magic_prompt": manners.magic_prompt}


def _size(request: Request) -> str | None:
    return f"{request.size[0]}x{request.size[1]}" if request.size else None


def _impossible(sentence: str) -> ProviderFault:
    return ProviderFault(sentence, kind=FaultKind.BAD_REQUEST, accepted=False)
