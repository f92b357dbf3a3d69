"""The fan: a request for more images than a service gives in one call, asked for in several calls at once.

The rest of the worker sees one submission with one ticket. Inside, the ticket is a list: of each call, what it asked for and how it stands
(a ticket of the service, or the images it gave, kept in Files). It is written down after every answer, so that a crash between two calls
asks again only for what nobody answered. A call that failed while others gave images costs the person nothing: they get what there is,
and are told how many are missing.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

import structlog

from bot.errors import FaultKind, NotFound, ProviderFault, Refused
from bot.health import Health
from bot.model import Capabilities, Finished, Inputs, Job, Pending, Progress, Request
from bot.ports import Files, ImageProvider

log = structlog.get_logger()

Note = Callable[[str], Awaitable[bool]]
"""Writes a ticket down before anything else happens. False where nobody wants the job any more: then nothing more is ordered."""
_MARK = "fan:"
_ATTEMPTS = 4
_LONGEST_WAIT = 30.0
_PASSING = frozenset({FaultKind.RATE_LIMITED, FaultKind.UNAVAILABLE, FaultKind.TIMEOUT})
_SEEDS = 2**32
_REFUSED, _BROKEN, _UNANSWERED = "the service refused it", "the service could not draw it", "the service did not answer for it"
_LATE = "the service did not draw it in time"


@dataclass(kw_only=True)
class _Call:
    """One call: how many images, from which place in the row, and how it stands."""

    count: int
    offset: int
    ticket: str | None = None
    keys: list[str] | None = None
    """Where its images are, once they are there."""
    failed: str = ""
    seed: int | None = None
    cost: str | None = None
    vendor_id: str = ""
    version: str = ""

    @property
    def open(self) -> bool:
        return self.keys is None and not self.failed

    @property
    def unasked(self) -> bool:
        """Whether nothing is known of it: it was never made, or the process died before its answer."""
        return self.open and self.ticket is None


class Fan:
    """Asks a provider, in as many calls as it takes."""

    def __init__(self, files: Files, health: Health) -> None:
        self._files = files
        self._health = health
        self._kept: dict[str, list[str]] = {}

    async def submit(self, job: Job, model: Capabilities, provider: ImageProvider, inputs: Inputs, note: Note) -> Progress:
        """Ask for a job's images. `job.ticket` is what an earlier try came to before a crash. Raises Refused, ProviderFault."""
        key = f"{job.id}-{job.attempts}"
        if job.fitted.count <= model.most:
            async with self._health.watch(f"{job.provider}/{job.model}"):
                return await provider.submit(job.fitted, inputs, key=key)
        calls = _read(job.ticket) if job.ticket else _split(job.fitted.count, model.most)
        gate = asyncio.Lock()
        unwanted = asyncio.Event()
        faults: list[Refused | ProviderFault] = []

        async def ask(number: int, call: _Call) -> None:
            try:
                progress = await self._ask(job, call, provider, inputs, key=f"{key}-{number}", unwanted=unwanted)
                await self._keep(job, call, progress)
            except (Refused, ProviderFault) as fault:
                faults.append(fault)
                call.failed = _why(fault)
            except Exception as error:
                # Its sisters may be paid for: what breaks here must not take them along.
                log.exception("provider broke its contract", provider=job.provider)
                faults.append(ProviderFault(f"{job.provider} broke: {type(error).__name__}.", kind=FaultKind.BAD_RESULT))
                call.failed = _BROKEN
            async with gate:
                if not await note(_write(calls)):
                    unwanted.set()

        async with asyncio.TaskGroup() as group:
            for number, call in enumerate(calls, start=1):
                if call.unasked:
                    group.create_task(ask(number, call))
        if all(call.failed for call in calls):
            raise _gravest(faults, calls)
        return await self._sum(job, calls, check_after=1.0)

    async def check(self, job: Job, provider: ImageProvider) -> Progress:
        """How a job stands. Raises Refused, ProviderFault: for one call of several only where no other gave anything."""
        ticket = job.ticket or ""
        if not ticket.startswith(_MARK):
            return await provider.check(ticket)
        calls = _read(ticket)
        looked = [call for call in calls if call.open and call.ticket]
        outcomes = await asyncio.gather(*(self._look(job, call, provider) for call in looked))
        faults = [outcome for outcome in outcomes if isinstance(outcome, Refused | ProviderFault)]
        pending = [outcome for outcome in outcomes if isinstance(outcome, Pending)]
        if all(call.failed for call in calls):
            raise _gravest(faults, calls)
        summed = await self._sum(job, calls, check_after=min((each.check_after for each in pending), default=1.0))
        if isinstance(summed, Finished):
            return summed
        done = sum(not call.open for call in calls)
        return replace(
            summed,
            fraction=min(1.0, (done + sum(each.fraction or 0.0 for each in pending)) / len(calls)),
            stage=f"{done} of {len(calls)} parts" if done else next((each.stage for each in pending if each.stage), ""),
            preview=next((each.preview for each in pending if each.preview), None),
        )

    async def cancel(self, job: Job, provider: ImageProvider) -> None:
        """Stop all of a job's calls, each whatever becomes of the others. Raises ProviderFault where one could not be stopped."""
        ticket = job.ticket or ""
        tickets = [call.ticket for call in _read(ticket) if call.open and call.ticket] if is_fan(ticket) else [ticket] if ticket else []
        outcomes = await asyncio.gather(*(provider.cancel(each) for each in tickets), return_exceptions=True)
        await self.clear(job)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def give_up(self, ticket: str, provider: ImageProvider) -> str | None:
        """The ticket of what some calls gave, with the others stopped and given up, or None where there is nothing to be had."""
        calls = _read(ticket) if is_fan(ticket) else []
        if not any(call.keys for call in calls):
            return None
        await asyncio.gather(*(provider.cancel(call.ticket) for call in calls if call.open and call.ticket), return_exceptions=True)
        return _write([replace(call, failed=_LATE) if call.open else call for call in calls])

    async def clear(self, job: Job) -> None:
        """Forget the images that were kept between calls; those of the last answer are in no ticket yet."""
        noted = [key for call in _known(job.ticket) for key in call.keys or ()]
        for key in {*noted, *self._kept.pop(job.id, ())}:
            await self._files.delete(key)

    async def _ask(self, job: Job, call: _Call, provider: ImageProvider, inputs: Inputs, *, key: str, unwanted: asyncio.Event) -> Progress:
        """One call. What was certainly not taken is asked again after a short wait: its sisters may be paid for already."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._health.watch(f"{job.provider}/{job.model}"):
                    return await provider.submit(_share(job, call), inputs, key=key)
            except ProviderFault as fault:
                wait = 2.0**attempt if fault.retry_after is None else fault.retry_after
                if fault.accepted or fault.kind not in _PASSING or attempt == _ATTEMPTS or wait > _LONGEST_WAIT:
                    raise
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await unwanted.wait()
                if unwanted.is_set():
                    raise
        raise AssertionError  # the last attempt gave or raised

    async def _look(self, job: Job, call: _Call, provider: ImageProvider) -> Progress | Refused | ProviderFault:
        """How one call stands, noted in it. A hiccup is no outcome."""
        ticket = call.ticket or ""
        try:
            progress = await provider.check(ticket)
        except (Refused, ProviderFault) as fault:
            if isinstance(fault, ProviderFault) and fault.kind in _PASSING:
                return Pending(ticket=ticket, check_after=min(_LONGEST_WAIT, fault.retry_after or 2.0))
            call.failed = _why(fault)
            return fault
        await self._keep(job, call, progress)
        return progress

    async def _keep(self, job: Job, call: _Call, progress: Progress) -> None:
        if isinstance(progress, Pending):
            call.ticket = progress.ticket
            return
        call.seed, call.vendor_id, call.version = progress.seed, progress.vendor_id, progress.version
        call.cost = str(progress.cost) if progress.cost is not None else None
        call.keys = [
            await self._files.put(content, kind="parts", owner=f"{job.id}x{call.offset + number}", media_type="application/octet-stream")
            for number, content in enumerate(progress.images)
        ]
        self._kept.setdefault(job.id, []).extend(call.keys)

    async def _sum(self, job: Job, calls: Sequence[_Call], *, check_after: float) -> Progress:
        if any(call.open for call in calls):
            return Pending(ticket=_write(calls), check_after=check_after)
        given = [call for call in calls if call.keys is not None]
        try:
            images = [(await self._files.get(key)).body for call in given for key in call.keys or ()]
        except NotFound:
            raise ProviderFault("The images of a part are gone.", kind=FaultKind.LOST) from None
        missing = sum(call.count for call in calls) - len(images)
        costs = [Decimal(call.cost) for call in given if call.cost is not None]
        first = given[0]
        return Finished(
            images=tuple(images),
            seed=first.seed if first.offset == 0 else None,
            seeds=tuple(seed for call in given for seed in _seeds(job, call)),
            cost=sum(costs, Decimal(0)) if len(costs) == len(given) else None,
            vendor_id=", ".join(call.vendor_id for call in given if call.vendor_id)[:200],
            version=first.version,
            short=next((call.failed for call in calls if call.failed), "") if missing else "",
        )


def is_fan(ticket: str | None) -> bool:
    """Whether a ticket is a list of calls."""
    return bool(ticket) and str(ticket).startswith(_MARK)


def tickets_of(ticket: str) -> list[str]:
    """The service's own tickets in a ticket of ours: what a webhook may name."""
    return [call.ticket for call in _read(ticket) if call.ticket] if is_fan(ticket) else [ticket]


def is_answered(ticket: str | None) -> bool:
    """Whether a ticket is a list of calls of which none has to be made any more."""
    calls = _known(ticket)
    return bool(calls) and not any(call.unasked for call in calls)


def without_unanswered(ticket: str | None) -> str | None:
    """A list of calls without hope for those that nobody answered, or None where no call was answered."""
    calls = _known(ticket)
    if all(call.unasked for call in calls):
        return None
    return _write([replace(call, failed=_UNANSWERED) if call.unasked else call for call in calls])


def _split(count: int, most: int) -> list[_Call]:
    return [_Call(count=min(most, count - offset), offset=offset) for offset in range(0, count, most)]


def _share(job: Job, call: _Call) -> Request:
    seed = job.fitted.seed
    return replace(job.fitted, count=call.count, seed=None if seed is None else (seed + call.offset) % _SEEDS)


def _seeds(job: Job, call: _Call) -> list[int | None]:
    """The seed of each image of a call: what the service told, else what was asked for."""
    first = call.seed if call.seed is not None else _share(job, call).seed
    return [None if first is None else (first + number) % _SEEDS for number in range(len(call.keys or ()))]


def _why(fault: Refused | ProviderFault) -> str:
    return _REFUSED if isinstance(fault, Refused) else _BROKEN


def _gravest(faults: Sequence[Refused | ProviderFault], calls: Sequence[_Call]) -> Refused | ProviderFault:
    """A refusal goes first, because it forbids trying elsewhere; then what may have been taken, because it forbids trying again.

    A refusal that came with an earlier answer, perhaps in another process, is remembered by its call.
    """
    refused = next((fault for fault in faults if isinstance(fault, Refused)), None)
    if refused is None and any(call.failed == _REFUSED for call in calls):
        refused = Refused("The safety system of the service did not take it.")
    taken = next((fault for fault in faults if isinstance(fault, ProviderFault) and fault.accepted), None)
    return refused or taken or next(iter(faults), ProviderFault("No call gave anything.", kind=FaultKind.LOST))


def _write(calls: Sequence[_Call]) -> str:
    return _MARK + json.dumps([{name: value for name, value in vars(call).items() if value not in (None, "")} for call in calls])


def _known(ticket: str | None) -> list[_Call]:
    """The calls in a ticket; none where it is no list of calls, or one that cannot be read."""
    try:
        return _read(ticket or "") if is_fan(ticket) else []
    except ProviderFault:
        return []


def _read(ticket: str) -> list[_Call]:
    try:
        return [_Call(**call) for call in json.loads(ticket.removeprefix(_MARK))]
    except (ValueError, TypeError):
        raise ProviderFault("The list of calls cannot be read.", kind=FaultKind.LOST) from None
