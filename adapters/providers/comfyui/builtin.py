"""The workflows that come along: draw, redraw, inpaint and enlarge with what every ComfyUI has."""

from collections.abc import Mapping
from typing import Any

from adapters.providers.comfyui.settings import Settings
from adapters.providers.comfyui.workflows import Workflow, make
from bot.model import Operation

_LOADED = ["checkpoint", 0]
_READER = ["checkpoint", 1]
_CODER = ["checkpoint", 2]


def workflows_of(checkpoint: str, settings: Settings) -> list[Workflow]:
    """The workflows for a checkpoint."""
    drawn = _sampled(checkpoint, settings, latent=["empty", 0], strength=1)
    drawn["empty"] = _node("EmptyLatentImage", width="{{width}}", height="{{height}}", batch_size=1)
    drawn["save"] = _saved("decoded")

    redrawn = _sampled(checkpoint, settings, latent=["encoded", 0], strength="{{strength}}")
    redrawn |= _source(crop="center")
    redrawn["save"] = _saved("decoded")

    # Sampled inside the mask alone, and put back into the source: what coding does to the rest is not seen.
    inpainted = _sampled(checkpoint, settings, latent=["masked", 0], strength="{{strength}}")
    inpainted |= _source(crop="disabled")
    inpainted["mask"] = _node("LoadImageMask", image="{{mask}}", channel="red")
    inpainted["masked"] = _node("SetLatentNoiseMask", samples=["encoded", 0], mask=["mask", 0])
    inpainted["joined"] = _node(
        "ImageCompositeMasked", destination=["scaled", 0], source=["decoded", 0], x=0, y=0, resize_source=False, mask=["mask", 0]
    )
    inpainted["save"] = _saved("joined")
    graphs = [drawn, redrawn, inpainted]
    return [*(make(graph, name="built-in") for graph in graphs), *_enlarging(settings.upscaler)]


def _enlarging(upscaler: str) -> list[Workflow]:
    if not upscaler:
        return []
    graph = {
        "source": _node("LoadImage", image="{{image}}"),
        "model": _node("UpscaleModelLoader", model_name=upscaler),
        "enlarged": _node("ImageUpscaleWithModel", upscale_model=["model", 0], image=["source", 0]),
        # The model has one factor of its own; people choose another.
        "scaled": _node(
            "ImageScale", image=["enlarged", 0], upscale_method="lanczos", width="{{width}}", height="{{height}}", crop="disabled"
        ),
        "save": _saved("scaled"),
    }
    return [make(graph, name="built-in", operations=frozenset({Operation.UPSCALE}))]


def _sampled(checkpoint: str, settings: Settings, *, latent: list[Any], strength: float | str) -> dict[str, Mapping[str, Any]]:
    return {
        "checkpoint": _node("CheckpointLoaderSimple", ckpt_name=checkpoint),
        "positive": _node("CLIPTextEncode", clip=_READER, text="{{prompt}}"),
        "negative": _node("CLIPTextEncode", clip=_READER, text="{{negative}}"),
        "sampler": _node(
            "KSampler",
            model=_LOADED,
            positive=["positive", 0],
            negative=["negative", 0],
            latent_image=latent,
            seed="{{seed}}",
            steps="{{steps}}",
            cfg="{{guidance}}",
            sampler_name=settings.sampler,
            scheduler=settings.scheduler,
            denoise=strength,
        ),
        "decoded": _node("VAEDecode", samples=["sampler", 0], vae=_CODER),
    }


def _source(*, crop: str) -> dict[str, Mapping[str, Any]]:
    """The source, brought to the size that was asked for."""
    return {
        "source": _node("LoadImage", image="{{image}}"),
        "scaled": _node("ImageScale", image=["source", 0], upscale_method="lanczos", width="{{width}}", height="{{height}}", crop=crop),
        "encoded": _node("VAEEncode", pixels=["scaled", 0], vae=_CODER),
    }


def _saved(node: str) -> Mapping[str, Any]:
    return _node("SaveImage", images=[node, 0], filename_prefix="limner")


def _node(kind: str, **inputs: object) -> Mapping[str, Any]:
    return {"class_type": kind, "inputs": inputs}
