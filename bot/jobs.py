"""What a person may do with jobs: submit, vary, draw again, enlarge, remix, cancel, delete, look up.

There is one way in: every act ends in `submit`, which asks moderation, fits the request to a model, and writes the job with its quota
asked in the same transaction. What is written is certain; the queue is only woken.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import structlog

from bot import grammar
from bot.errors import BadPicture, Expired, Misunderstood, NotAllowed, NotFound, Overtaken, StoreFault
from bot.imaging import ORIGINAL, PIXELS, Studio, rerun_of
from bot.model import Image, Job, Load, Operation, Parent, Person, Place, Problem, Promise, Request, State
from bot.moderation import Panel, refusal
from bot.ports import Files, Queue, Store
from bot.preferences import Preference, Preferences
from bot.quotas import Quotas
from bot.routing import Catalog, Policy

log = structlog.get_logger()

TELL = "tell"
"""The queue's lane for whatever people see: cards, results, and cancelling, which must not wait behind drawing."""

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_SEEDS = 1_000_000
"""Seeds chosen by us stay short, because people read them out and type them again."""
PATIENCE = timedelta(hours=24)
"""How long a job may wait for its turn."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, where, and the platform's key of the event: the same event makes one job."""

    person: Person
    place: Place
    event: str | None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A picture that came along, kept: its key in Files, its sides in pixels."""

    key: str
    width: int
    height: int


class Jobs:
    """Everything one can do with jobs. Raises Refusal for what may not be; the caller makes a sentence of it."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        files: Files,
        catalog: Catalog,
        panel: Panel,
        quotas: Quotas,
        studio: Studio,
        preferences: Preferences,
        load: Load,
        now: Callable[[], datetime],
    ) -> None:
        self._preferences = preferences
        self.store = store
        self.catalog = catalog
        self._queue = queue
        self._files = files
        self._panel = panel
        self._quotas = quotas
        self._studio = studio
        self._load = load
        self._now = now

    async def submit(self, asker: Asker, request: Request, *, command: str, parent: Parent | None = None, fresh: bool = False) -> Job:
        """Take a request as a new job. One that pins its seed and was drawn before gives the images of then, unless `fresh`.

        Raises:
            Blocked: moderation says no; the refusal is on record, nothing is charged.
            NothingFits: no model can serve it.
            OverQuota, TooMany: it would overrun a limit.
            AlreadyTaken: the event made a job before.
        """
        if not request.prompt and request.operation is Operation.DRAW:
            raise Misunderstood("What shall I draw?", advice="Say what you want to see.", line="imagine a red fox in the snow")
        verdict = await self._panel.prompt(asker.person, asker.place, request.prompt, request.style or "")
        policy = policy_of(await self._preferences.of(asker.place))
        choice = self.catalog.choose(request, policy=policy, person=asker.person.key)
        # A seed that does nothing is not kept, or the result would promise what it cannot hold.
        seed = choice.fitted.seed
        if seed is None and choice.offer.model.promise is not Promise.NOT_REPEATABLE:
            # Chosen here and kept, so that a second submission after a crash asks for the same picture.
            seed = secrets.randbelow(_SEEDS)
        now = self._now()
        job = Job(
            id=_new_id(),
            person=asker.person,
            place=asker.place,
            request=request,
            state=State.QUEUED,
            provider=choice.offer.provider,
            model=choice.offer.model.name,
            fitted=replace(choice.fitted, seed=seed),
            changes=choice.changes,
            command=command,
            verdict=verdict,
            parent=parent,
            seed=seed,
            created=now,
            changed=now,
            deadline=now + PATIENCE,
            estimate=choice.offer.model.estimate(request.operation, choice.fitted.count),
        )
        if choice.offer.model.promise is not Promise.NOT_REPEATABLE:
            job = replace(job, likeness=_likeness(job, choice.offer.model.version))
        if no := refusal(verdict):
            problem = Problem(code="blocked", sentence=no.sentence, advice=no.advice)
            await self.store.record(replace(job, state=State.BLOCKED, problem=problem), event=asker.event)
            log.info("blocked", job=job.id, category=verdict.category, source=verdict.source)
            raise no
        if request.seed is not None and not fresh:
            job = await self._drawn_before(job)
        limits = [] if job.reuse else await self._quotas.limits(asker.person)
        job = await self.store.enqueue(job, limits=limits, load=self._load, event=asker.event)
        try:
            await self._queue.put(job.id, lane=TELL, priority=job.priority)
            await self._queue.put(job.id, lane=job.provider, priority=job.priority)
        except StoreFault as fault:
            # The job is written and will be drawn: the sweep puts it again. To call this broken would have it asked for twice.
            log.warning("queue not woken", job=job.id, reason=str(fault))
        return job

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

    async def remix(self, asker: Asker, parent: Job, request: Request) -> Job:
        """A job's request as changed by the person."""
        return await self.submit(asker, request, command="remix", parent=Parent(job=parent.id))

    async def take_source(self, asker: Asker, content: bytes) -> Source:
        """Keep an uploaded picture as a source image, made safe. Raises BadPicture or Blocked."""
        clean = await self._studio.clean(content)
        verdict = await self._panel.image(asker.place, clean)
        if no := refusal(verdict, of="picture"):
            raise no
        facts = await self._studio.check(clean)
        key = await self._files.put(clean, kind="sources", media_type=facts.media_type)
        return Source(key=key, width=facts.width, height=facts.height)

    async def take_mask(self, asker: Asker, content: bytes, picture: str) -> str:
        """Keep an uploaded mask, made safe and of the size of the picture with this key; gives its key. Raises BadPicture or Blocked."""
        clean = await self._studio.clean(content)
        # People may attach the whole picture, with a part erased: it is looked at as every upload is.
        if no := refusal(await self._panel.image(asker.place, clean), of="picture"):
            raise no
        mask = await self._studio.mask(clean, picture=(await self._files.get(picture)).body)
        return await self._files.put(mask, kind="masks", media_type="image/png")

    async def size_of(self, key: str) -> tuple[int, int]:
        """Width and height in pixels of a picture in Files. Raises NotFound."""
        facts = await self._studio.check((await self._files.get(key)).body, most=ORIGINAL)
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

    async def _drawn_before(self, job: Job) -> Job:
        """The same job, to be given from the files where a job of this workspace drew just this and its images are still there.

        Only a job that its person may look up: else the words alone would tell who drew what in private. Nothing comes out of an
        age-restricted channel, where other pictures pass than elsewhere.
        """
        before = await self.store.alike(job)
        if before is None or len(before.images) < job.fitted.count or "deleted" in await self.store.marks(before.id):
            return job
        hidden = (before.place.direct or before.place.private) and before.place.channel != job.place.channel
        mine = before.person.key == job.person.key
        if (hidden and not mine) or (before.place.age_restricted and not job.place.age_restricted):
            return job
        try:
            for image in before.images:
                await self._files.get(image.key)
        except NotFound:
            return job
        return replace(job, reuse=before.id, estimate=Decimal(0))

    async def cancel(self, asker: Asker, job_id: str) -> Job:
        """Stop a job. Its owner and moderators may.

        Raises:
            NotAllowed: it is somebody else's.
            Expired: it is over already; the sentence says how it ended.
        """
        job = await self.look_up(asker, job_id)
        self._must_own(asker, job, "cancel")
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
            now = self._now()
            finished = now if target is State.CANCELLED else None
            try:
                job = await self.store.save(replace(job, state=target, changed=now, finished=finished), was=job)
            except Overtaken:
                job = await self.store.find(job.id)
                continue
            await self._queue.put(job.id, lane=TELL, once=f"cancel{job.version}")
            return job
        raise Expired(f"Job {job.id} is moving too fast to be cancelled.", advice="Please try once more.")

    async def delete(self, asker: Asker, job_id: str) -> Job:
        """Remove a job's pictures for everybody, files too, or cancel it while it runs. Its owner and moderators may.

        Raises:
            NotAllowed: it is somebody else's.
            NotFound: it ended without pictures.
        """
        job = await self.look_up(asker, job_id)
        self._must_own(asker, job, "delete")
        if not job.state.over:
            return await self.cancel(asker, job.id)
        if not job.images:
            raise NotFound(f"Job {job.id} has no images to delete: it is {job.state.value}.", advice="Nothing of it is left to see.")
        await self.store.mark(job.id, 0, asker.person, "deleted", on=True)
        files = [key for image in job.images for key in (image.key, image.shown, image.thumbnail)]
        for key in (*files, *filter(None, [job.overview])):
            await self._files.delete(key)
        await self._queue.put(job.id, lane=TELL, once="delete")
        return job

    async def mark(self, asker: Asker, job_id: str, kind: str, *, index: int = 0, on: bool = True) -> Job:
        """Keep, rate or report a job's image (0 for all of them)."""
        job = await self.look_up(asker, job_id)
        if on and kind != "report":
            await self.pick(job, index or 1)
        await self.store.mark(job.id, index, asker.person, kind, on=on)
        return job

    async def look_up(self, asker: Asker, job_id: str) -> Job:
        """A job that this person may see: of their own workspace; of a direct conversation, or refused by the policy, only their own.

        What somebody else asked for in a private channel is seen from that channel alone, in an age-restricted one from such a channel.

        Raises:
            NotFound: there is none.
            NotAllowed: it is somebody else's, and refused or age-restricted.
        """
        job = await self.store.find(job_id)
        same = (job.place.platform, job.place.workspace) == (asker.place.platform, asker.place.workspace)
        mine = job.person.key == asker.person.key or asker.person.moderates
        elsewhere = job.place.private and job.place.channel != asker.place.channel
        if not same or ((job.place.direct or elsewhere) and not mine):
            raise NotFound(f"There is no job {job_id[:20]}.", advice="/history lists yours.")
        if job.place.age_restricted and not (asker.place.age_restricted or mine):
            raise NotAllowed(f"Job {job.id} was asked for in an age-restricted channel.", advice="Say it again there.")
        if job.state is State.BLOCKED and not mine:
            # What the policy refused is repeated to nobody else, by no way round: details, a filled form, a new card.
            raise NotAllowed(
                f"Job {job.id} was refused by the policy; only the one who asked and moderators may see it.",
                advice="/imagine draws something of your own.",
            )
        return job

    async def ancestors(self, job: Job) -> list[Job]:
        """The jobs a job came from, nearest first, at most twenty."""
        found: list[Job] = []
        while job.parent and len(found) < 20:  # noqa: PLR2004 - as the docstring says
            try:
                job = await self.store.find(job.parent.job)
            except NotFound:
                break
            found.append(job)
        return found

    async def recent(self, asker: Asker, *, before: datetime | None, limit: int) -> list[Job]:
        """The person's last jobs, newest first."""
        return await self.store.recent(person=asker.person, before=before, limit=limit)

    async def pictured(self, asker: Asker, *, limit: int, among: int) -> list[Job]:
        """The person's last jobs with their pictures still there, newest first, looked for among so many."""
        found: list[Job] = []
        for job in await self.recent(asker, before=None, limit=among):
            if len(found) < limit and job.images and "deleted" not in await self.store.marks(job.id):
                found.append(job)
        return found

    async def kept(self, asker: Asker, *, limit: int) -> list[tuple[Job, int]]:
        """The person's favourites with their pictures still there, newest first: jobs, and which image (0 for all)."""
        found: list[tuple[Job, int]] = []
        for job_id, index in await self.store.marked(asker.person, "keep", limit=limit):
            try:
                job = await self.look_up(asker, job_id)
            except (NotFound, NotAllowed):
                continue
            if job.images and "deleted" not in await self.store.marks(job.id):
                found.append((job, index))
        return found

    def same_model(self, parent: Job, operation: Operation) -> str | None:
        """The model that drew a job, where it can do this too; else None, which means: whichever can."""
        model = self.catalog.capabilities(parent.provider, parent.model)
        return parent.drawn_by if model and operation in model.operations else None

    async def pick(self, job: Job, index: int) -> Image:
        """One of a job's images, still there. Raises NotFound."""
        if not job.images:
            advice = "/again draws it with a new seed." if job.state.over else "Wait until it is done."
            raise NotFound(f"Job {job.id} has no images: it is {job.state.value}.", advice=advice)
        if "deleted" in await self.store.marks(job.id):
            raise NotFound(f"The images of job {job.id} were deleted.", advice=f"/rerun {job.id} draws them again.")
        for image in job.images:
            if image.index == index:
                return image
        numbers = f"its images are 1 to {len(job.images)}" if len(job.images) > 1 else "it has one image, number 1"
        raise NotFound(f"Job {job.id} has no image {index}.", advice=f"Pick another one: {numbers}.")

    @staticmethod
    def _must_own(asker: Asker, job: Job, act: str) -> None:
        if job.person.key != asker.person.key and not asker.person.moderates:
            who = job.person.name or "the person who asked for it"
            raise NotAllowed(f"Only {who} or a moderator may {act} job {job.id}.", advice=f"Ask them, or say /report {job.id}.")


def _likeness(job: Job, version: str) -> str:
    """A digest of what is really asked: of whom, which version, every word and number, and the pictures it starts from."""
    said = {"provider": job.provider, "model": job.model, "version": version, **asdict(job.fitted)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def policy_of(preference: Preference) -> Policy:
    """What a place's preferences mean for the choice of a model."""
    return Policy(default=preference.model, allowed=preference.models, canary=preference.canary)


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


def _new_id() -> str:
    """Eight characters that nobody misreads; 31**8 of them, and the journal refuses the second of a kind."""
    number, found = int.from_bytes(secrets.token_bytes(8)), ""
    while len(found) < 8:  # noqa: PLR2004 - as the docstring says
        number, digit = divmod(number, len(_ALPHABET))
        found += _ALPHABET[digit]
    return found
