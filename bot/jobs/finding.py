"""Finding: which jobs a person may see, and what is still there of them."""

from collections.abc import Mapping
from datetime import datetime

from bot.errors import NotAllowed, NotFound
from bot.model import Asker, Image, Job, Level, Operation, Person, State
from bot.ports import Store
from bot.routing import Catalog


def gone(marks: Mapping[str, int]) -> bool:
    """Whether nobody may see a job's pictures any more, by its marks: deleted, or hidden until a reviewer has looked."""
    return "deleted" in marks or "hidden" in marks


class Finder:
    """Looks jobs up for a person."""

    def __init__(self, *, store: Store, catalog: Catalog) -> None:
        self.store = store
        self.catalog = catalog

    async def look_up(self, asker: Asker, job_id: str) -> Job:
        """A job that this person may see: of their own workspace, or their own from another one that they linked.

        Of a direct conversation, or refused by the policy, only their own.

        What somebody else asked for in a private channel is seen from that channel alone, in an age-restricted one from such a channel.

        Raises:
            NotFound: there is none.
            NotAllowed: it is somebody else's, and refused or age-restricted.
        """
        job = await self.store.find(job_id)
        same = (job.place.platform, job.place.workspace) == (asker.place.platform, asker.place.workspace)
        own = await self.owns(asker.person, job)
        mine = own or asker.person.moderates
        elsewhere = job.place.private and job.place.channel != asker.place.channel
        if not (same or own) or ((job.place.direct or elsewhere) and not mine):
            raise NotFound(f"There is no job {job_id[:20]}.", advice="/history lists yours.")
        if job.place.age_restricted and not (asker.place.age_restricted or mine):
            raise NotAllowed(f"Job {job.id} was asked for in an age-restricted channel.", advice="Say it again there.")
        doubtful = job.verdict.level is Level.REVIEW and not job.approved
        if (job.state is State.BLOCKED or doubtful) and not mine:
            # What the policy refused is repeated to nobody else, by no way round: details, a filled form, a new card.
            raise NotAllowed(
                f"Job {job.id} was not let pass by the policy; only the one who asked and moderators may see it.",
                advice="/imagine draws something of your own.",
            )
        return job

    async def owns(self, person: Person, job: Job) -> bool:
        """Whether a job is this person's own, on whichever of the platforms that they linked."""
        return job.person.key == person.key or job.person.key in (await self.store.account(person)).people

    async def ancestors(self, asker: Asker, job: Job) -> list[Job]:
        """The jobs a job came from, nearest first, at most twenty, up to the first that this person may not see."""
        found: list[Job] = []
        while job.parent and len(found) < 20:  # noqa: PLR2004 - as the docstring says
            try:
                job = await self.look_up(asker, job.parent.job)
            except (NotFound, NotAllowed):
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
            if len(found) < limit and job.images and not job.unseen and not gone(await self.store.marks(job.id)):
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
            if job.images and not gone(await self.store.marks(job.id)):
                found.append((job, index))
        return found

    def same_model(self, parent: Job, operation: Operation) -> str | None:
        """The model that drew a job, where it can do this too; else None, which means: whichever can."""
        model = self.catalog.capabilities(parent.provider, parent.model)
        return parent.drawn_by if model and operation in model.operations else None

    async def pick(self, job: Job, index: int) -> Image:
        """One of a job's images, still there. Raises NotFound."""
        if not job.images or job.unseen:
            advice = "/again draws it with a new seed." if job.state.over else "Wait until it is done."
            raise NotFound(f"Job {job.id} has no images: it is {job.state.value}.", advice=advice)
        marks = await self.store.marks(job.id)
        if "hidden" in marks:
            raise NotFound(f"The images of job {job.id} were reported and are under review.", advice="A reviewer looks at them first.")
        if "deleted" in marks:
            raise NotFound(f"The images of job {job.id} were deleted.", advice=f"/rerun {job.id} draws them again.")
        for image in job.images:
            if image.index == index:
                return image
        numbers = f"its images are 1 to {len(job.images)}" if len(job.images) > 1 else "it has one image, number 1"
        raise NotFound(f"Job {job.id} has no image {index}.", advice=f"Pick another one: {numbers}.")
