"""Keeping: what a provider gave, checked, labelled and stored, before anybody sees it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.errors import BadPicture, FaultKind, ProviderFault, Refused
from bot.imaging import DigitalSource, Studio, facts_of, record_of
from bot.model import Finished, Image, Job, Level, Verdict
from bot.moderation import Panel
from bot.ports import Files
from bot.routing import Catalog

_AT_ONCE = 8
"""Jobs whose images are made at a time. The studio has two threads; more would only fill the memory and the loop's turn."""


class Keeper:
    """Makes images of what a provider finished."""

    def __init__(self, *, files: Files, catalog: Catalog, panel: Panel, studio: Studio) -> None:
        self._files = files
        self._catalog = catalog
        self._panel = panel
        self._studio = studio
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def keep(self, job: Job, finished: Finished, *, reviewed: bool = False) -> Job:
        """The job with its images, and what the provider told of seed, cost, request id and version.

        An image that does not pass moderation is left out; the others keep their own seeds. A doubtful one stays, with its verdict, where
        it is `reviewed`: nobody but a reviewer may see it then.

        Raises:
            Refused: no image passed.
            ProviderFault: BAD_RESULT, there is no image or a broken one.
        """
        async with self._gate:
            return await self._keep(job, finished, reviewed=reviewed)

    def told(self, job: Job, finished: Finished) -> Job:
        """The job with what the provider told beside its images: what it cost above all, whoever may see them."""
        model = self._catalog.capabilities(job.provider, job.model)
        estimate = model.estimate(job.fitted.operation, len(finished.images)) if model else None
        return replace(
            job,
            seed=finished.seed if finished.seed is not None else job.seed,
            cost=finished.cost if finished.cost is not None else estimate,
            vendor_id=finished.vendor_id or job.vendor_id,
            model_version=finished.version or job.model_version,
            short=finished.short,
        )

    async def _keep(self, job: Job, finished: Finished, *, reviewed: bool) -> Job:
        job = self.told(job, finished)
        images: list[Image] = []
        shown: list[bytes] = []
        blocked: Verdict | None = None
        for offset, content in enumerate(finished.images):
            verdict = max(await self._panel.image(job.place, content), _of_words(job), key=lambda each: each.level)
            if verdict.level > (Level.REVIEW if reviewed else Level.BLUR):
                blocked = verdict
                continue
            seed = finished.seeds[offset] if finished.seeds else job.seed + offset if job.seed is not None else None
            try:
                image, copy = await self._store(job, content, index=len(images) + 1, seed=seed, verdict=verdict)
                images.append(image)
                shown.append(copy)
            except BadPicture as bad:
                raise ProviderFault(f"{job.provider} gave a broken image. {bad.sentence}", kind=FaultKind.BAD_RESULT) from bad
        if not images and blocked is not None:
            raise Refused("The result did not pass the policy check.", category=blocked.category, source=blocked.source)
        if not images:
            raise ProviderFault(f"{job.provider} gave no image.", kind=FaultKind.BAD_RESULT)
        job = replace(job, images=tuple(images))
        several = len(images) > 1 and all(image.verdict.level < Level.BLUR for image in images)
        return await self._with_overview(job, shown) if several else job

    async def copy(self, job: Job, before: Job, *, reviewed: bool = False) -> Job:
        """The job with the images of another one that was asked for the same, as files of its own.

        They are looked at again: the policy may be another one by now, and here. `reviewed` as for `keep`.

        Raises:
            NotFound: they are gone.
            Refused: one of them would not pass today.
        """
        images: list[Image] = []
        for image in before.images:
            today = await self._panel.image(job.place, (await self._files.get(image.key)).body)
            verdict = max(today, image.verdict, _of_words(job), key=lambda each: each.level)
            if verdict.level > (Level.REVIEW if reviewed else Level.BLUR):
                raise Refused("The result did not pass the policy check.", category=verdict.category, source=verdict.source)
            key = await self._again(job, image.key, "images")
            shown = await self._again(job, image.shown, "shown")
            thumbnail = await self._again(job, image.thumbnail, "thumbnails")
            images.append(replace(image, key=key, shown=shown, thumbnail=thumbnail, verdict=verdict))
        open_to_all = all(image.verdict.level < Level.BLUR for image in images)
        overview = await self._again(job, before.overview, "overviews") if before.overview and open_to_all else ""
        return replace(
            job,
            images=tuple(images),
            overview=overview,
            overview_size=before.overview_size,
            seed=before.seed,
            cost=Decimal(0),
            vendor_id=before.vendor_id,
            model_version=before.model_version,
            short=before.short,
        )

    async def _again(self, job: Job, key: str, kind: str) -> str:
        content = await self._files.get(key)
        return await self._files.put(content.body, kind=kind, owner=job.id, media_type=content.media_type, facts=content.facts or None)

    async def _with_overview(self, job: Job, shown: Sequence[bytes]) -> Job:
        grid = await self._studio.grid(shown)
        facts = await self._studio.check(grid)
        key = await self._files.put(grid, kind="overviews", owner=job.id, media_type=facts.media_type)
        return replace(job, overview=key, overview_size=(facts.width, facts.height))

    async def _store(self, job: Job, content: bytes, *, index: int, seed: int | None, verdict: Verdict) -> tuple[Image, bytes]:
        model = self._catalog.capabilities(job.provider, job.model)
        record = record_of(job, index=index, seed=seed, promise=model.promise if model else None)
        source = DigitalSource.PROCEDURAL if model and model.procedural else DigitalSource.TRAINED
        prints = await self._studio.finish(content, record, source=source)
        facts = facts_of(record) | {"verdict": verdict.level.name.lower(), "person": job.person.key}
        image = Image(
            index=index,
            key=await self._files.put(prints.original, kind="images", owner=job.id, media_type=prints.media_type, facts=facts),
            shown=await self._files.put(prints.shown, kind="shown", owner=job.id, media_type=prints.shown_type),
            thumbnail=await self._files.put(prints.thumbnail, kind="thumbnails", owner=job.id, media_type=prints.thumbnail_type),
            digest=prints.digest,
            media_type=prints.media_type,
            width=prints.width,
            height=prints.height,
            bytes=len(prints.original),
            seed=seed,
            verdict=verdict,
        )
        return image, prints.shown


def _of_words(job: Job) -> Verdict:
    """What moderation thinks of the words; nothing any more, once somebody let them pass."""
    return Verdict() if job.approved and job.verdict.level >= Level.REVIEW else job.verdict
