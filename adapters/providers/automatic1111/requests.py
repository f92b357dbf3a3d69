"""Requests: a Request in the server's words."""

import base64
from typing import Any

from adapters.providers.automatic1111.models import Manners
from bot.errors import FaultKind, ProviderFault
from bot.model import Operation, Request

_PATHS = {Operation.DRAW: "/sdapi/v1/txt2img", Operation.UPSCALE: "/sdapi/v1/extra-single-image"}
_REDRAWN = "/sdapi/v1/img2img"
_CLOSE, _FREE = 0.55, 0.75
_CROP, _ORIGINAL, _PADDING = 1, 1, 32
"""A source is cut to the shape, a hole is filled from what was there, and the surroundings are looked at so far (pixels)."""


def path_of(operation: Operation) -> str:
    """Where an operation is asked for."""
    return _PATHS.get(operation, _REDRAWN)


def fields_of(request: Request, manners: Manners, *, task: str, source: bytes | None, mask: bytes | None) -> dict[str, Any]:
    """What a request says. `mask` is white where it is to be drawn, as the server has it too.

    Raises:
        ProviderFault: BAD_REQUEST, it starts from a picture and there is none.
    """
    if request.operation is Operation.DRAW:
        return _drawing(request, manners, task)
    if source is None or (request.operation is Operation.INPAINT and mask is None):
        what = "mask" if source is not None else "picture"
        raise ProviderFault(f"There is no {what} to start from.", kind=FaultKind.BAD_REQUEST, accepted=False)
    if request.operation is Operation.UPSCALE:
        return {"image": _text(source), "resize_mode": 0, "upscaling_resize": request.scale or 2, "upscaler_1": manners.upscaler}
    usual = _CLOSE if request.operation is Operation.VARY else _FREE
    said = {
        **_drawing(request, manners, task),
        "init_images": [_text(source)],
        "resize_mode": _CROP,
        "denoising_strength": usual if request.strength is None else request.strength,
    }
    if request.operation is Operation.INPAINT and mask is not None:
        # Only the masked part is drawn and put back, so that the rest stays as it was to the pixel.
        said |= {
            "mask": _text(mask),
            "inpainting_mask_invert": 0,
            "inpainting_fill": _ORIGINAL,
            "inpaint_full_res": True,
            "inpaint_full_res_padding": _PADDING,
        }
    return said


def _drawing(request: Request, manners: Manners, task: str) -> dict[str, Any]:
    model = request.model or ""
    # A grid or a mask among the pictures would be taken for one of them.
    overrides: dict[str, Any] = {"return_grid": False, "return_mask": False, "return_mask_composite": False}
    if model in manners.checkpoints:
        overrides["sd_model_checkpoint"] = manners.checkpoints[model]
    said: dict[str, Any] = {
        "prompt": request.prompt,
        "negative_prompt": request.negative,
        "styles": [request.style] if request.style else [],
        "seed": -1 if request.seed is None else request.seed,
        "steps": request.steps or manners.steps,
        "batch_size": 1,
        "n_iter": request.count,
        "override_settings": overrides,
        "send_images": True,
        "save_images": False,
        "force_task_id": task,
    }
    if model in manners.distilled:
        said |= {"cfg_scale": 1, "distilled_cfg_scale": manners.distilled_guidance if request.guidance is None else request.guidance}
    else:
        said["cfg_scale"] = manners.guidance if request.guidance is None else request.guidance
    if request.size:
        said["width"], said["height"] = request.size
    if sampler := request.extras.get("sampler") or manners.sampler:
        said["sampler_name"] = sampler
    if scheduler := request.extras.get("scheduler") or manners.scheduler:
        said["scheduler"] = scheduler
    return said


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
