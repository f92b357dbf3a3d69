"""Retouching: what starts from one image and keeps most of it. Repaint a part, extend it to a new shape, cut out its subject."""

import math
from dataclasses import replace

from bot.errors import Misunderstood
from bot.jobs import Jobs, Source
from bot.model import Asker, Image, Job, Operation, Parent, Request

KEEPING = frozenset({Operation.INPAINT, Operation.UPSCALE, Operation.REMOVE_BACKGROUND})
"""What leaves a picture its shape."""
_ALIKE = 0.02
"""Logarithm of the quotient of two shapes that people take for the same one."""
_STEP = 8
"""Sides are rounded up to a multiple of this, as most models want them."""


async def repaint(jobs: Jobs, asker: Asker, job_id: str, index: int, request: Request, *, mask: bytes) -> Job:
    """A part of one image painted anew; the rest stays.

    Args:
        jobs: where the job goes.
        asker: who asks.
        job_id: the job whose image it is.
        index: which image, from 1.
        request: the words for the part, and what else was said.
        mask: what somebody drew, see `bot.imaging.masks`.

    Raises:
        Refusal: as `Jobs.submit`; BadPicture for what is no mask.
    """
    parent, image = await _picked(jobs, asker, job_id, index)
    repainted = replace(
        request,
        operation=Operation.INPAINT,
        size=(image.width, image.height),
        sources=(image.key,),
        mask=await jobs.take_mask(asker, mask, image.key),
        model=request.model or jobs.same_model(parent, Operation.INPAINT),
    )
    return await jobs.submit(asker, repainted, command="repaint", parent=Parent(job=parent.id, index=image.index))


async def extend(jobs: Jobs, asker: Asker, job_id: str, index: int, request: Request) -> Job:
    """One image continued beyond its edges to `request.ratio`. Without words, in those that it was drawn with.

    Raises:
        Misunderstood: it has that shape already.
        Refusal: as `Jobs.submit`.
    """
    parent, image = await _picked(jobs, asker, job_id, index)
    ratio = request.ratio or "1:1"
    extended = replace(
        request,
        operation=Operation.OUTPAINT,
        prompt=request.prompt or parent.request.prompt,
        negative=request.negative or parent.request.negative,
        style=request.style or parent.request.style,
        size=_widened(f"Image {image.index} of job {parent.id}", image.width, image.height, ratio),
        sources=(image.key,),
        model=request.model or jobs.same_model(parent, Operation.OUTPAINT),
    )
    return await jobs.submit(asker, extended, command="extend", parent=Parent(job=parent.id, index=image.index))


async def cut_out(jobs: Jobs, asker: Asker, job_id: str, index: int, *, model: str | None) -> Job:
    """One image without its background. Raises Refusal as `Jobs.submit`."""
    parent, image = await _picked(jobs, asker, job_id, index)
    request = Request(
        operation=Operation.REMOVE_BACKGROUND,
        # What the picture shows, for its title and for those who cannot see it.
        prompt=parent.request.prompt,
        size=(image.width, image.height),
        sources=(image.key,),
        model=model or jobs.same_model(parent, Operation.REMOVE_BACKGROUND),
    )
    return await jobs.submit(asker, request, command="cutout", parent=Parent(job=parent.id, index=image.index))


async def cut_out_picture(jobs: Jobs, asker: Asker, source: Source, *, model: str | None) -> Job:
    """The same with a picture that somebody brought along."""
    request = Request(operation=Operation.REMOVE_BACKGROUND, size=(source.width, source.height), sources=(source.key,), model=model)
    return await jobs.submit(asker, request, command="cutout")


async def remixed(jobs: Jobs, parent: Job, request: Request) -> Request:
    """A job's request as somebody changed it, with the size that it then has: what keeps a picture keeps its shape.

    Raises:
        Misunderstood: another shape for what keeps its own, or the one that the picture has already.
    """
    before = parent.request
    if request.operation is Operation.OUTPAINT:
        ratio = request.ratio or before.ratio or "1:1"
        if ratio == before.ratio:
            return replace(request, ratio=ratio, size=before.size)
        width, height = await jobs.size_of(request.sources[0])
        return replace(request, ratio=ratio, size=_widened(f"The picture that job {parent.id} extends", width, height, ratio))
    if request.operation not in KEEPING:
        return request
    if request.ratio != before.ratio:
        raise Misunderstood(
            f"Job {parent.id} keeps the shape of its picture, so it takes no --ar.",
            advice="To continue its image to another shape:",
            line=f"extend {parent.id} --ar {request.ratio}",
            option="ar",
        )
    return replace(request, size=before.size)


async def _picked(jobs: Jobs, asker: Asker, job_id: str, index: int) -> tuple[Job, Image]:
    parent = await jobs.look_up(asker, job_id)
    return parent, await jobs.pick(parent, index)


def _widened(what: str, width: int, height: int, ratio: str) -> tuple[int, int]:
    """The smallest size of a shape that holds a picture in its own size."""
    across, down = (float(side) for side in ratio.split(":"))
    shape = across / down
    if abs(math.log(shape * height / width)) < _ALIKE:
        raise Misunderstood(
            f"{what} is {ratio} already ({width}×{height}), so there is nothing to extend.",
            advice="Name another shape, such as --ar 1:1, 16:9 or 9:16.",
            option="ar",
        )
    if shape * height > width:
        return _rounded(shape * height), height
    return width, _rounded(width / shape)


def _rounded(side: float) -> int:
    return _STEP * math.ceil(side / _STEP - 0.01)
