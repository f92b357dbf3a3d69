"""Acts: what a person may do with jobs that are there: vary, draw again, enlarge, remix, edit, cancel, delete, mark."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from bot import grammar
from bot.errors import BadPicture, Expired, Misunderstood, NotAllowed, NotFound, Overtaken
from bot.imaging import ORIGINAL, PIXELS, Studio, rerun_of
from bot.jobs.finding import Finder
from bot.jobs.submitting import TELL, Source, Submitter
from bot.model import Asker, Case, Job, Operation, Parent, Person, Request, State, subject_of_person
from bot.moderation import Panel, refusal
from bot.ports import Files, Queue, Store
from bot.routing import Catalog


class Jobs(Finder):
    """Everything one can do with jobs. Raises Refusal for what may not be; the caller makes a sentence of it."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        files: Files,
        catalog: Catalog,
        panel: Panel,
        studio: Studio,
        submitter: Submitter,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(store=store, catalog=catalog)
        self.queue = queue
        self.files = files
        self.panel = panel
        self._studio = studio
        self._submitter = submitter
        self.now = now

    async def submit(self, asker: Asker, request: Request, *, command: str, parent: Parent | None = None, fresh: bool = False) -> Job:
        """As `Submitter.submit`."""
        return await self._submitter.submit(asker, request, command=command, parent=parent, fresh=fresh)

    async def vary(self, asker: Asker, job_id: str, index: int, *, changes: Request, strength: float | None) -> Job:
        """A new picture close to one of a job's results. `changes` holds count and seed."""
        parent = await self.look_up(asker, job_id)
        image = await self.pick(parent, index)
        request = Request(
            operation=Operation.VARY,
            prompt=parent.request.prompt,
            negative=parent.request.negative,
            style=parent.request.style,
            steps=parent.request.steps,
            guidance=parent.request.guidance,
            size=(image.width, image.height),
            count=changes.count,
            seed=changes.seed,
            strength=strength,
            sources=(image.key,),
            model=self.same_model(parent, Operation.VARY),
        )
        return await self.submit(asker, request, command="vary", parent=Parent(job=parent.id, index=image.index))

    async def vary_picture(self, asker: Asker, source: Source, *, changes: Request, strength: float | None) -> Job:
        """A new picture close to one that somebody brought along."""
        request = replace(
            changes,
            operation=Operation.VARY,
            size=(source.width, source.height),
            strength=strength,
            sources=(source.key,),
        )
        return await self.submit(asker, request, command="vary")

    async def edit_image(self, asker: Asker, job_id: str, index: int, request: Request) -> Job:
        """One of a job's results, changed as words say. `request` holds the words and what else was typed."""
        parent = await self.look_up(asker, job_id)
        image = await self.pick(parent, index)
        edited = replace(
            request,
            operation=Operation.EDIT,
            sources=(image.key,),
            ratio=request.ratio or _ratio(image.width, image.height),
            model=request.model or self.same_model(parent, Operation.EDIT),
        )
        return await self.submit(asker, edited, command="edit", parent=Parent(job=parent.id, index=image.index))

    async def upscale(self, asker: Asker, job_id: str, index: int, *, scale: int, model: str | None = None) -> Job:
        """One of a job's results, larger."""
        parent = await self.look_up(asker, job_id)
        image = await self.pick(parent, index)
        most = max((factor for factor in (2, 3, 4) if image.width * image.height * factor**2 <= PIXELS), default=1)
        if scale > most:
            by = f" --model {model}" if model else ""
            line = f"upscale {parent.id} {image.index} --scale {most}{by}" if most > 1 else ""
            advice = "This line works:" if line else "It can be downloaded as it is."
            raise Misunderstood(f"{scale} times as wide, image {image.index} would be too large to keep.", advice=advice, line=line)
        request = Request(
            operation=Operation.UPSCALE,
            prompt=parent.request.prompt,
            size=(image.width * scale, image.height * scale),
            scale=scale,
            seed=image.seed,
            sources=(image.key,),
            model=model or self.same_model(parent, Operation.UPSCALE),
        )
        return await self.submit(asker, request, command="upscale", parent=Parent(job=parent.id, index=image.index))

    async def again(self, asker: Asker, job_id: str) -> Job:
        """A job's request with a new seed."""
        parent = await self.look_up(asker, job_id)
        return await self.submit(asker, replace(parent.request, seed=None), command="again", parent=Parent(job=parent.id))

    async def rerun(self, asker: Asker, job_id: str, *, fresh: bool = False) -> Job:
        """A job's request with the same seed and model: the rerun promise says what that gives."""
        parent = await self.look_up(asker, job_id)
        request = replace(parent.request, seed=parent.seed, model=parent.drawn_by)
        return await self.submit(asker, request, command="rerun", parent=Parent(job=parent.id), fresh=fresh)

    async def rerun_image(self, asker: Asker, content: bytes) -> Job:
        """What a picture's own metadata says, drawn again: one image, with that image's seed.

        Anybody can write metadata. So what it says is taken as words somebody typed; keys of files and vendors' options are taken from
        the journal alone, where the picture's job is one that this person may see.

        Raises:
            NotFound: the picture carries nothing, or came from a source image that is not here.
            BadPicture: it is no picture, or what it carries makes no sense.
        """
        record = await self._studio.read(content)
        said = _as_typed(rerun_of(record))
        try:
            parent = await self.look_up(asker, str(record.get("job", "")))
        except (NotFound, NotAllowed):
            if said.operation is not Operation.DRAW:
                raise NotFound("This picture was made from another one that is not here.", advice="Attach that one to /imagine.") from None
            return await self.submit(asker, replace(said, sources=(), mask=None, extras={}), command="rerun")
        request = replace(parent.request, seed=said.seed, count=1, model=parent.drawn_by)
        return await self.submit(asker, request, command="rerun", parent=Parent(job=parent.id))

    async def redraw(self, case: Case, job: Job, by: str) -> Job:
        """A blocked job's request as a new job of the same person, let pass by the reviewer with this key; once a case."""
        asker = Asker(person=job.person, place=job.place, event=f"appeal:{case.id}")
        return await self._submitter.submit(asker, job.request, command=job.command, parent=job.parent, approved=by)

    async def remix(self, asker: Asker, parent: Job, request: Request) -> Job:
        """A job's request as changed by the person."""
        return await self.submit(asker, request, command="remix", parent=Parent(job=parent.id))

    async def take_source(self, asker: Asker, content: bytes) -> Source:
        """Keep an uploaded picture as a source image, made safe. Raises BadPicture or Blocked."""
        clean = await self._studio.clean(content)
        await self._must_pass(asker, clean)
        facts = await self._studio.check(clean)
        key = await self.files.put(clean, kind="sources", media_type=facts.media_type)
        return Source(key=key, width=facts.width, height=facts.height)

    async def take_mask(self, asker: Asker, content: bytes, picture: str) -> str:
        """Keep an uploaded mask, made safe and of the size of the picture with this key; gives its key. Raises BadPicture or Blocked."""
        clean = await self._studio.clean(content)
        # People may attach the whole picture, with a part erased: it is looked at as every upload is.
        await self._must_pass(asker, clean)
        mask = await self._studio.mask(clean, picture=(await self.files.get(picture)).body)
        return await self.files.put(mask, kind="masks", media_type="image/png")

    async def size_of(self, key: str) -> tuple[int, int]:
        """Width and height in pixels of a picture in Files. Raises NotFound."""
        facts = await self._studio.check((await self.files.get(key)).body, most=ORIGINAL)
        return facts.width, facts.height

    async def edit(self, asker: Asker, request: Request, source: Source, *, fresh: bool = False) -> Job:
        """A request that starts from a source image; in the image's own shape, unless the request has one."""
        edited = replace(
            request,
            operation=Operation.EDIT,
            sources=(source.key,),
            ratio=request.ratio or _ratio(source.width, source.height),
        )
        return await self.submit(asker, edited, command="imagine", fresh=fresh)

    async def cancel(self, asker: Asker, job_id: str) -> Job:
        """Stop a job. Its owner and moderators may.

        Raises:
            NotAllowed: it is somebody else's.
            Expired: it is over already; the sentence says how it ended.
        """
        job = await self.look_up(asker, job_id)
        await self._must_own(asker, job, "cancel")
        stopped = await self.stop(job)
        await self._record(asker, job, "cancel")
        return stopped

    async def stop(self, job: Job) -> Job:
        """Stop a job, whoever wants that. Raises Expired."""
        # A running worker may move the job between our read and our write: look again, a few times at most.
        for _ in range(5):
            if job.state in {State.QUEUED, State.HELD}:
                target = State.CANCELLED
            elif job.state in {State.SUBMITTING, State.SUBMITTED}:
                target = State.CANCELLING
            elif job.state is State.CANCELLING:
                return job
            else:
                raise Expired(
                    f"Job {job.id} cannot be cancelled: it is {job.state.value} already.",
                    advice=f"/delete {job.id} removes its images." if job.images else f"/show {job.id} tells more.",
                )
            now = self.now()
            finished = now if target is State.CANCELLED else None
            try:
                job = await self.store.save(replace(job, state=target, changed=now, finished=finished), was=job)
            except Overtaken:
                job = await self.store.find(job.id)
                continue
            await self.queue.put(job.id, lane=TELL, once=f"cancel{job.version}")
            return job
        raise Expired(f"Job {job.id} is moving too fast to be cancelled.", advice="Please try once more.")

    async def delete(self, asker: Asker, job_id: str) -> Job:
        """Remove a job's pictures for everybody, files too, or cancel it while it runs. Its owner and moderators may.

        Raises:
            NotAllowed: it is somebody else's.
            NotFound: it ended without pictures.
        """
        job = await self.look_up(asker, job_id)
        await self._must_own(asker, job, "delete")
        if not job.state.over:
            return await self.cancel(asker, job.id)
        if not job.images:
            raise NotFound(f"Job {job.id} has no images to delete: it is {job.state.value}.", advice="Nothing of it is left to see.")
        await self.store.mark(job.id, 0, asker.person, "deleted", on=True)
        files = [key for image in job.images for key in (image.key, image.shown, image.thumbnail)]
        for key in (*files, *filter(None, [job.overview])):
            await self.files.delete(key)
        await self.queue.put(job.id, lane=TELL, once="delete")
        await self._record(asker, job, "delete")
        return job

    async def mark(self, asker: Asker, job_id: str, kind: str, *, index: int = 0, on: bool = True) -> Job:
        """Keep, rate or report a job's image (0 for all of them)."""
        job = await self.look_up(asker, job_id)
        if on and kind != "report":
            await self.pick(job, index or 1)
        if on:
            await self.store.mark(job.id, index, asker.person, kind, on=True)
            return job
        # What they marked on one platform is theirs to take back on the other.
        for key in (await self.store.account(asker.person)).people:
            platform, workspace, id_ = key.split(":", 2)
            await self.store.mark(job.id, index, Person(platform=platform, workspace=workspace, id=id_), kind, on=False)
        return job

    async def _must_pass(self, asker: Asker, picture: bytes) -> None:
        """Make sure that an upload passes; a refusal is on record. Raises Blocked."""
        verdict = await self.panel.image(asker.place, picture)
        if no := refusal(verdict, of="picture"):
            facts = {"of": "upload", "category": verdict.category, "source": verdict.source, "score": f"{verdict.score:g}"}
            await self._submitter.decisions.note(asker, "verdict.block", facts=facts)
            raise no

    async def _must_own(self, asker: Asker, job: Job, act: str) -> None:
        if not asker.person.moderates and not await self.owns(asker.person, job):
            who = job.person.name or "the person who asked for it"
            raise NotAllowed(f"Only {who} or a moderator may {act} job {job.id}.", advice=f"Ask them, or say /report {job.id}.")

    async def _record(self, asker: Asker, job: Job, act: str) -> None:
        """Put on record what a moderator did to somebody else's job."""
        if not await self.owns(asker.person, job):
            await self._submitter.decisions.note(asker, f"job.{act}", about=subject_of_person(job.person), job=job.id)


def _ratio(width: int, height: int) -> str:
    """A picture's shape as somebody could type it: 1:8 to 8:1."""
    shape = min(max(Fraction(width, height), Fraction(1, 8)), Fraction(8)).limit_denominator(99)
    return f"{shape.numerator}:{shape.denominator}"


def _as_typed(request: Request) -> Request:
    """A request out of a picture, its texts as if somebody had typed them. Raises BadPicture where one is longer than can be typed."""
    texts = {"prompt": request.prompt, "negative": request.negative, "style": request.style or "", "model": request.model or ""}
    for name, text in texts.items():
        if len(text) > grammar.LONGEST:
            raise BadPicture(
                f"The {name} in this picture has {len(text):,} characters; {grammar.LONGEST:,} are the most.",
                advice="Type the prompt and the options you want instead.",
            )
    plain = {name: grammar.squeeze(text) for name, text in texts.items()}
    return replace(request, prompt=plain["prompt"], negative=plain["negative"], style=plain["style"] or None, model=plain["model"] or None)
