"""The fan: a request for more images than a service gives in one call, asked for in several calls at once.

The rest of the worker sees one submission with one ticket. Inside, the ticket is a list: of each call, what it asked for and how it stands
(a ticket of the service, or the images it gave, kept in Files). It is written down after every answer, so that a crash between two calls
asks again only for what nobody answered. A call that failed while others gave images costs the person nothing: they get what there is,
and are told how many are missing.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.errors import FaultKind, NotFound, ProviderFault, Refused
from bot.health import Health
from bot.model import Capabilities, Finished, Inputs, Job, Pending, Progress, Request
from bot.ports import Files, ImageProvider

Note = Callable[[str], Awaitable[None]]
"""Writes a ticket down before anything else happens."""
_MARK = "fan:"
_ATTEMPTS = 4
_LONGEST_WAIT = 30.0
_PASSING = frozenset({FaultKind.RATE_LIMITED, FaultKind.UNAVAILABLE, FaultKind.TIMEOUT})
_SEEDS = 2**32


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


class Fan:
    """Asks a provider, in as many calls as it takes."""

    def __init__(self, files: Files, health: Health) -> None:
        self._files = files
        self._health = health

    async def submit(self, job: Job, model: Capabilities, provider: ImageProvider, inputs: Inputs, note: Note) -> Progress:
        """Ask for a job's images. `job.ticket` is what an earlier try came to before a crash. Raises Refused, ProviderFault."""
        key = f"{job.id}-{job.attempts}"
        if job.fitted.count <= model.most:
            async with self._health.watch(f"{job.provider}/{job.model}"):
                return await provider.submit(job.fitted, inputs, key=key)
        calls = _read(job.ticket) if job.ticket else _split(job.fitted.count, model.most)
        gate = asyncio.Lock()
        faults: list[Refused | ProviderFault] = []

        async def ask(number: int, call: _Call) -> None:
            try:
                progress = await self._ask(job, call, provider, inputs, key=f"{key}-{number}")
            except (Refused, ProviderFault) as fault:
                faults.append(fault)
                call.failed = _why(fault)
                return
            async with gate:
                await self._keep(job, call, progress)
                await note(_write(calls))

        async with asyncio.TaskGroup() as group:
            for number, call in enumerate(calls, start=1):
                if call.open and call.ticket is None:
                    group.create_task(ask(number, call))
        if faults and all(call.failed for call in calls):
            raise _gravest(faults)
        return await self._sum(calls, check_after=1.0)

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
        if faults and all(call.failed for call in calls):
            raise _gravest(faults)
        summed = await self._sum(calls, check_after=min((each.check_after for each in pending), default=1.0))
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
        """Stop all of a job's calls. Raises ProviderFault."""
        if job.ticket and job.ticket.startswith(_MARK):
            for call in _read(job.ticket):
                if call.open and call.ticket:
                    await provider.cancel(call.ticket)
            await self.clear(job.ticket)
        elif job.ticket:
            await provider.cancel(job.ticket)

    async def clear(self, ticket: str | None) -> None:
        """Forget the images that were kept between calls."""
        if is_fan(ticket):
            for call in _read(ticket or ""):
                for key in call.keys or ():
                    await self._files.delete(key)

    async def _ask(self, job: Job, call: _Call, provider: ImageProvider, inputs: Inputs, *, key: str) -> Progress:
        """One call. What was certainly not taken is asked again after a short wait: its sisters may be paid for already."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._health.watch(f"{job.provider}/{job.model}"):
                    return await provider.submit(_share(job, call), inputs, key=key)
            except ProviderFault as fault:
                wait = 2.0**attempt if fault.retry_after is None else fault.retry_after
                if fault.accepted or fault.kind not in _PASSING or attempt == _ATTEMPTS or wait > _LONGEST_WAIT:
                    raise
                await asyncio.sleep(wait)
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

    async def _sum(self, calls: Sequence[_Call], *, check_after: float) -> Progress:
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
            # Later images carry the seeds that follow it, which is true only while nothing before them is missing.
            seed=first.seed if first.offset == 0 and not missing else None,
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


def _split(count: int, most: int) -> list[_Call]:
    return [_Call(count=min(most, count - offset), offset=offset) for offset in range(0, count, most)]


def _share(job: Job, call: _Call) -> Request:
    seed = job.fitted.seed
    return replace(job.fitted, count=call.count, seed=None if seed is None else (seed + call.offset) % _SEEDS)


def _why(fault: Refused | ProviderFault) -> str:
    return "the service refused it" if isinstance(fault, Refused) else "the service could not draw it"


def _gravest(faults: Sequence[Refused | ProviderFault]) -> Refused | ProviderFault:
    """A refusal goes first, because it forbids trying elsewhere; then what may have been taken, because it forbids trying again."""
    refused = next((fault for fault in faults if isinstance(fault, Refused)), None)
    taken = next((fault for fault in faults if isinstance(fault, ProviderFault) and fault.accepted), None)
    return refused or taken or faults[0]


def _write(calls: Sequence[_Call]) -> str:
    return _MARK + json.dumps([{name: value for name, value in vars(call).items() if value not in (None, "")} for call in calls])


def _read(ticket: str) -> list[_Call]:
    try:
        return [_Call(**call) for call in json.loads(ticket.removeprefix(_MARK))]
    except (ValueError, TypeError):
        raise ProviderFault("The list of calls cannot be read.", kind=FaultKind.LOST) from None
