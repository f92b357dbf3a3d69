"""The sockets: what the hub asks of platforms, providers, moderators and storage.

Every implementation of a port passes the port's contract tests (`tests/contracts`), fakes included.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.model import (
    Answer,
    Attachment,
    Capabilities,
    CommandSpec,
    Concern,
    Content,
    Delivery,
    Inputs,
    Invocation,
    Job,
    Limit,
    Load,
    Message,
    Notice,
    Person,
    Place,
    Post,
    Progress,
    Request,
    Rule,
    Term,
)

ASGI = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application, as a platform offers it to the HTTP server."""


class Hub(Protocol):
    """What a platform may ask of the hub. Both answer and never raise: errors are already sentences."""

    async def handle(self, invocation: Invocation) -> Answer:
        """Do what somebody asked. Safe to call twice with the same event: the second gives an empty answer."""
        ...

    async def complete(self, person: Person, place: Place, *, command: str, option: str, typed: str) -> Sequence[str]:
        """Values that would fit an option, best first, at most 25."""
        ...

    async def home(self, person: Person, place: Place) -> Sequence[Message]:
        """What a page of the person's own shows, a message a section: how to, quota, last images, favourites."""
        ...


class ChatPlatform(Protocol):
    """A chat platform. It acknowledges by itself; the hub never hears of three-second deadlines.

    `post`, `edit`, `whisper`, `open_thread` and `fetch` raise PlatformFault and nothing else.
    """

    name: str
    pause: float
    """Seconds to leave between two edits of one post."""

    @property
    def ready(self) -> bool:
        """Whether it can send and receive right now, for `/readyz`."""
        ...

    @property
    def pages(self) -> Mapping[str, ASGI]:
        """ASGI applications by path prefix (`/slack`), for the HTTP server; empty where it needs none."""
        ...

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        """Receive until cancelled."""
        ...

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Post a message under a key (`<job>:card`, `<job>:result`): the same key gives the same post, never a second.

        `again` says that an earlier try may have landed, in this process or one that died: look for it there before posting.
        """
        ...

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content. May be repeated."""
        ...

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Show something to one person only."""
        ...

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a post, made when it is not there yet. May be repeated."""
        ...

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file that came with an invocation."""
        ...


class ImageProvider(Protocol):
    """An image service. Raises Refused and ProviderFault, and nothing else."""

    name: str
    models: Mapping[str, Capabilities]
    """By model name; the first is the default."""

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Ask for images. `request` is fitted to one of `models` and names it in `request.model`.

        `key` is stable for a job's attempt: a service that lets us choose its job id uses it, and gives the same ticket again.
        """
        ...

    async def check(self, ticket: str) -> Progress:
        """How a submitted job stands. An unknown status is Pending. A ticket the service does not know is ProviderFault LOST."""
        ...

    async def cancel(self, ticket: str) -> None:
        """Stop a submitted job where the service can. Cancelling what is over is no error."""
        ...

    async def receive(self, delivery: Delivery) -> Notice | None:
        """What a delivery to our webhook is about, or None where it proves nothing or this service sends none. Never raises."""
        ...


class Moderator(Protocol):
    """One layer of moderation. It says what it finds and never what follows from that: the policy of the place decides.

    It never raises: a layer that cannot look finds nothing, or, where it was told to be strict, the category `unchecked`.
    """

    name: str
    remote: bool
    """Whether what it is shown leaves this machine. Such layers are asked last, and see no personal data that the policy masks."""

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        """What it finds in a text that is about to become a picture; `listed` are the terms of the place itself."""
        ...

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        """What it finds in a picture."""
        ...


class Store(Protocol):
    """The journal: the truth about jobs, people, rules and events. One transaction a method; StoreFault when it cannot."""

    async def enqueue(self, job: Job, *, limits: Sequence[Limit], load: Load, event: str | None) -> Job:
        """Take a new job (state QUEUED, or HELD), with its quota asked in the same transaction, serialised per person.

        Sets `priority` to minus the number of the person's unfinished jobs. Counts `job.fitted.count` images for `limits`.

        Raises:
            AlreadyTaken: the event was taken before; nothing is written.
            OverQuota: a limit would be overrun; nothing is written, the event included.
            TooMany: the person has `load.waiting` waiting jobs already; nothing is written.
        """
        ...

    async def record(self, job: Job, *, event: str | None) -> None:
        """Keep a job that never ran (BLOCKED), for the record. Raises AlreadyTaken."""
        ...

    async def begin(self, job: Job, *, running: int, now: datetime) -> Job | None:
        """Move QUEUED to SUBMITTING (attempts + 1, started set), or None while the person has `running` jobs running.

        Raises Overtaken when the job is not as it was read.
        """
        ...

    async def save(self, job: Job, *, was: Job) -> Job:
        """Compare-and-swap: write `job` if the journal still has `was.state` and `was.version`; gives it with version + 1.

        A DELIVERED job's charge becomes the number of its images. Raises Overtaken; ValueError for a move that MOVES does not allow.
        """
        ...

    async def find(self, job_id: str) -> Job:
        """A job by its id, or by the first 4 or more characters of it where only one job fits. Raises NotFound."""
        ...

    async def recent(self, *, person: Person | None = None, limit: int = 10, before: datetime | None = None) -> list[Job]:
        """The newest jobs, newest first."""
        ...

    async def unfinished(self, *, changed_before: datetime | None = None) -> list[Job]:
        """Jobs that are not over, and jobs that are over but whose card does not show it yet; oldest first."""
        ...

    async def waiting(self, person: Person, *, limit: int) -> list[Job]:
        """The person's QUEUED jobs, first to run first."""
        ...

    async def queued(self, provider: str, *, limit: int) -> list[str]:
        """Ids of the provider's QUEUED jobs in the order they will run: position and refresh of waiting cards."""
        ...

    async def alike(self, job: Job) -> Job | None:
        """The newest delivered job of the same workspace that was asked for the same (`likeness`), or None."""
        ...

    async def keep_ticket(self, provider: str, ticket: str, job_id: str) -> None:
        """Remember which job a service's ticket belongs to. May be repeated."""
        ...

    async def job_of_ticket(self, provider: str, ticket: str) -> str | None:
        """The id of the job that a ticket belongs to."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Jobs by state value that are not over, for metrics and health."""
        ...

    async def usage(self, subject: str, since: datetime) -> int:
        """Images that count for a person's key since then."""
        ...

    async def pace(self, provider: str, model: str) -> float | None:
        """Median seconds from start to finish of the last 20 delivered jobs of a model, or None."""
        ...

    async def take(self, event: str) -> bool:
        """Take an event that causes no job. False when it was taken before."""
        ...

    async def keep_post(self, job_id: str, key: str, post: Post, *, shown: int) -> None:
        """Remember where a job's message (`card`, `result`) landed and which version of the job it shows. May be repeated."""
        ...

    async def posts(self, job_id: str) -> Mapping[str, tuple[Post, int]]:
        """A job's posts by key, each with the version shown."""
        ...

    async def job_of(self, post: Post) -> str | None:
        """The id of the job that a post belongs to."""
        ...

    async def meet(self, person: Person) -> None:
        """Remember a person's name and roles as last seen."""
        ...

    async def person(self, platform: str, workspace: str, id_or_name: str) -> Person | None:
        """A person by id, or by name where only one has it; by id from another workspace too, where only one there has it."""
        ...

    async def decide(self, rule: Rule) -> None:
        """Keep an admin's rule."""
        ...

    async def rules(self, subjects: Sequence[str]) -> list[Rule]:
        """All rules about these subjects, newest first."""
        ...

    async def mark(self, job_id: str, index: int, person: Person, kind: str, *, on: bool) -> None:
        """Set or take back a person's mark on an image: `keep`, `up`, `down`, `report`. May be repeated."""
        ...

    async def marks(self, job_id: str) -> Mapping[str, int]:
        """How many people set each kind of mark on a job's images."""
        ...

    async def marked(self, person: Person, kind: str, *, limit: int) -> list[tuple[str, int]]:
        """Job id and image (0 for all of the job's) that a person marked in a way, newest mark first."""
        ...

    async def preferences(self, subjects: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """What these subjects (a workspace, a channel) prefer: values by name, by subject."""
        ...

    async def prefer(self, subject: str, name: str, value: str, *, by: Person) -> None:
        """Keep a preference in place of what it was; the empty value forgets it."""
        ...

    async def lease(self, name: str, *, holder: str, until: datetime) -> bool:
        """Take or renew a lease. False while somebody else holds it, which ends by itself at their `until`."""
        ...

    async def release(self, name: str, *, holder: str) -> None:
        """Give a lease back. Releasing what one does not hold is no error."""
        ...

    async def ping(self) -> None:
        """Raise StoreFault when the journal cannot be read."""
        ...


class Queue(Protocol):
    """Wakes workers; knows nothing that the journal does not know."""

    async def put(self, job_id: str, *, lane: str, due: timedelta = timedelta(0), priority: int = 0, once: str = "") -> None:
        """Wake a worker for a job, after `due`, higher priority first.

        While an entry with the same job, lane and `once` is waiting or at work, another is not added.
        """
        ...

    async def run(self, lanes: Mapping[str, int], handle: Callable[[str, str], Awaitable[None]]) -> None:
        """Call `handle(job_id, lane)` for what is put, at most `lanes[lane]` at once across all workers, until `stop`.

        Returns when running handlers have ended. A handler's error is logged and never stops the queue.
        """
        ...

    async def stop(self) -> None:
        """Take nothing more; `run` returns when running handlers have ended."""
        ...

    async def ping(self) -> None:
        """Raise StoreFault when the queue cannot be read."""
        ...


class Files(Protocol):
    """Immutable files under content-hash keys. StoreFault when it cannot; NotFound for a key that is not there."""

    async def put(self, content: bytes, *, kind: str, media_type: str, owner: str = "", facts: Mapping[str, str] | None = None) -> str:
        """Keep bytes; gives their key, `<kind>/<yyyy>/<mm>/<owner>-<sha256>.<ext>`. Same bytes, kind and owner in a month, same key.

        `owner` is a job's id: two jobs with the same pixels keep files of their own, so that either can be deleted.
        `facts` (prompt, seed, parameters ...) are kept beside it as `<key>.json`.
        """
        ...

    async def get(self, key: str) -> Content:
        """The bytes, media type and facts."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a file and its facts. Removing what is gone is no error."""
        ...

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        """A signed link that ends; with `download`, a browser saves it under that name."""
        ...

    async def redeem(self, path: str, query: Mapping[str, str]) -> Content:
        """The content behind a link of ours (`/files/<key>?...`), every query parameter covered by the signature.

        Raises Expired or NotFound. Buckets serve their own links; there this raises NotFound.
        """
        ...

    async def ping(self) -> None:
        """Raise StoreFault when files cannot be written and read."""
        ...


class Metrics(Protocol):
    """What is counted, named for what happened. Never raises, never waits, and hears no prompt and no person."""

    def acknowledged(self, seconds: float) -> None:
        """An invocation was answered after so long."""
        ...

    def refused(self, kind: str) -> None:
        """An invocation was answered with a refusal or a fault of this class."""
        ...

    def finished(self, *, outcome: str, provider: str, model: str, images: int, seconds: float | None) -> None:
        """A job is over."""
        ...

    def faulted(self, *, provider: str, kind: str) -> None:
        """A provider could not do its work."""
        ...
