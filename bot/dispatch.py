"""Dispatch: an invocation becomes a command; the one place where an error becomes a sentence."""

import asyncio
import difflib
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import structlog

from bot import grammar, says
from bot.accounts import Accounts
from bot.command import Command, Context, Misunderstood, Options
from bot.decisions import Decisions
from bot.errors import AlreadyTaken, BadPicture, Fault, PlatformFault, Refusal
from bot.jobs import Jobs, policy_of
from bot.model import Answer, Asker, Attachment, CommandSpec, Invocation, Kind, Message, Option, Origin, Person, Place, Post, Role, Value
from bot.ports import ChatPlatform, Metrics
from bot.preferences import Preferences
from bot.quotas import Quotas
from bot.records import Records
from bot.reviews import Reviews
from bot.roles import Rights, Roles
from bot.routing import Catalog

log = structlog.get_logger()

_MOST_COMPLETIONS = 25
_ANEW = 15
"""Seconds after which the same reaction is answered once more."""
_YOUNG = (0.1, 0.4, 1.5)
"""Seconds to wait for a message that a person has seen before we know of it."""
_MET = 10_000
"""People who are remembered as they were last written down."""
_TYPO = 0.75
"""How alike a word and a command must be to be taken for a slip of the fingers: `imagin` is, `castle` for `upscale` is not."""
_USUAL: Mapping[Kind, Sequence[str]] = {
    Kind.RATIO: ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "21:9"),
    Kind.SUBJECT: grammar.SUBJECTS,
    Kind.CHANNEL: ("here", "none"),
    Kind.RATE: ("50/day", "200/month", "20/hour", "$20/month", "$5/day", "unlimited"),
    Kind.AMOUNT: ("50/day", "200/month", "20/hour", "$20/month", "$5/day", "unlimited", "usual"),
    Kind.SPAN: ("1h", "1d", "2d", "1w", "30d"),
}
"""What is offered for an option whose kind says enough."""
_HOME, _SHOWN = 20, 4
"""Jobs to look through for a home page, and how many of each kind it shows."""


class Dispatch:
    """The hub as platforms see it."""

    def __init__(
        self,
        *,
        commands: Mapping[str, Command],
        platforms: Mapping[str, ChatPlatform],
        jobs: Jobs,
        quotas: Quotas,
        catalog: Catalog,
        metrics: Metrics,
        preferences: Preferences,
        decisions: Decisions,
        roles: Roles,
        accounts: Accounts,
        reviews: Reviews,
        records: Records,
        alone: bool,
        now: Callable[[], datetime],
    ) -> None:
        """`alone`: whether this process is the only one on its journal, so that nobody else hears the same."""
        self._alone = alone
        self._decisions = decisions
        self._roles = roles
        self._accounts = accounts
        self._reviews = reviews
        self._records = records
        self._commands = commands
        self._platforms = platforms
        self._jobs = jobs
        self._quotas = quotas
        self._catalog = catalog
        self._metrics = metrics
        self._now = now
        self._met: OrderedDict[str, tuple[Person, date]] = OrderedDict()
        self._preferences = preferences

    @property
    def menu(self) -> Sequence[CommandSpec]:
        """Every command, in the order of its name."""
        return [command.spec for _, command in sorted(self._commands.items())]

    async def handle(self, invocation: Invocation) -> Answer:
        """Do what somebody asked. Refusals and faults are sentences in the answer; nothing is raised."""
        answer = await self._handle(invocation)
        return answer if await self._is_ours(invocation, answer) else Answer()

    async def _handle(self, invocation: Invocation) -> Answer:
        trace = secrets.token_hex(3)
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(trace=trace, person=invocation.person.key, origin=invocation.origin.value):
            try:
                answer = await self._answer(invocation, trace)
            except AlreadyTaken:
                log.info("event taken before", event_key=invocation.event)
                return Answer()
            except Refusal as refusal:
                log.info("refused", refusal=type(refusal).__name__)
                self._metrics.refused(type(refusal).__name__)
                return Answer(whisper=says.refusal_page(refusal, trace=trace), field=self._field(invocation, refusal))
            except Exception as error:
                log.exception("fault", error=type(error).__name__)
                self._metrics.refused("Fault")
                return Answer(whisper=says.fault_page(trace))
            finally:
                self._metrics.acknowledged(time.perf_counter() - began)
            if answer.job:
                log.info("accepted", job=answer.job)
            return await self._greeted(invocation, answer)

    async def _greeted(self, invocation: Invocation, answer: Answer) -> Answer:
        """The same; beside somebody's first picture, and the first after they changed, with the guidelines of the workspace."""
        # A reaction is answered without words: where whispers are direct messages, nobody waits for one.
        if not answer.job or answer.whisper or answer.form or invocation.origin in {Origin.TERMINAL, Origin.REACTION}:
            return answer
        try:
            text = await self._reviews.greeting(invocation.person, invocation.place)
        except Fault as fault:
            log.warning("guidelines not shown", error=type(fault).__name__)
            return answer
        return replace(answer, whisper=says.guidelines_page(text, first=True)) if text else answer

    async def complete(self, person: Person, place: Place, *, command: str, option: str, typed: str) -> Sequence[str]:
        """Values that would fit an option, best first."""
        found = self._commands.get(command)
        spec = next((each for each in found.spec.options if each.name == option), None) if found else None
        if found is None or spec is None:
            return []
        try:
            rights = await self._roles.rights(person, place)
            offered = await self._values(rights, spec, everything=found.spec.role is not Role.MEMBER) if rights.may(found.spec) else ()
        except Fault as fault:
            log.warning("no completion", error=type(fault).__name__)
            return []
        wanted = typed.casefold()
        starting = [value for value in offered if value.casefold().startswith(wanted)]
        inside = [value for value in offered if wanted in value.casefold() and value not in starting]
        return (starting + inside)[:_MOST_COMPLETIONS]

    async def _values(self, rights: Rights, option: Option, *, everything: bool) -> Sequence[str]:
        """`everything`: for those who decide what may be used, what nobody may use at present is offered as well."""
        match option.kind:
            case Kind.MODEL if everything:
                return self._catalog.names
            case Kind.MODEL:
                policy = policy_of(await self._preferences.of(rights.place), barred=rights.barred)
                return [name for name in self._catalog.names if any(policy.allows(offer) for offer in self._catalog.named(name))]
            case Kind.STYLE:
                return sorted({style for offer in self._catalog.offers for style in offer.model.styles})
            case Kind.JOB:
                asker = Asker(person=rights.person, place=rights.place, event=None)
                return [job.id for job in await self._jobs.recent(asker, before=None, limit=_MOST_COMPLETIONS)]
            case _:
                return option.choices or _USUAL.get(option.kind, ())

    async def home(self, person: Person, place: Place) -> Sequence[Message]:
        """What a page of the person's own shows. What cannot be read now is left out."""
        asker = Asker(person=person, place=place, event=None)
        try:
            rights = await self._roles.rights(person, place)
            quota = says.quota_page(await self._quotas.report(rights.person, place), of="Your quota", zone=person.zone, more=True)
            if banned := rights.banned():
                return [says.refusal_page(banned, trace=""), quota]
            recent = await self._jobs.pictured(asker, limit=_SHOWN, among=_HOME)
            kept = await self._jobs.kept(asker, limit=_HOME)
            known = {job.id: self._catalog.capabilities(job.provider, job.model) for job in (*recent, *(job for job, _ in kept))}
            return says.home(quota, recent, kept[:_SHOWN], known)
        except Fault as fault:
            log.warning("home not shown", error=type(fault).__name__)
            return [says.whisper("Your page cannot be read right now; open it again in a minute.", title="Limner")]

    async def _answer(self, invocation: Invocation, trace: str) -> Answer:
        met = invocation.person
        rights = await self._roles.rights(met, invocation.place)
        invocation = await self._resolved(replace(invocation, person=rights.person))
        if not invocation.line:
            return Answer()
        name, rest = grammar.split(invocation.line)
        command = self._commands.get(name)
        if command is None:
            raise self._unknown(name, rest)
        rights.check(command.spec)
        values: dict[str, Value] = grammar.parse(rest, _relaxed(command.spec) if invocation.options else command.spec)
        if invocation.options:
            values = {**values, **grammar.check(invocation.options, _relaxed(command.spec), beside=values)}
            # Each part may lack what the other has; together they lack nothing.
            grammar.check({}, command.spec, beside=values)
        # As the platform describes them: what rules gave may be taken back while they are not here.
        await self._meet(met)
        context = self._context(invocation, rights, trace)
        answer = await command.run(context, Options(values))
        if command.spec.role is not Role.MEMBER and answer.form is None:
            await self._leave_word(context, invocation)
            await self._sign_in(context)
        return answer

    async def _sign_in(self, context: Context) -> None:
        """Put on record, once a day, that somebody acts here by the settings alone, whom nobody in this workspace made admin."""
        if not self._roles.runs(context.person):
            return
        whose = hashlib.sha256(context.person.key.encode()).hexdigest()[:32]
        if await self._jobs.store.take(f"signin:{self._now():%Y-%m-%d}:{whose}"):
            await self._decisions.note(context.asker, "signin.settings", facts={"by": "BOT_ADMINS"})

    async def _leave_word(self, context: Context, invocation: Invocation) -> None:
        """Put on record that somebody used a command that is not for everybody, where it has not done so itself.

        Who looks at the same thing again has looked once that day.
        """
        said = f"{invocation.person.key} {invocation.line} {sorted((invocation.options or {}).items())}"
        once = f"used:{self._now():%Y-%m-%d}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"
        if not await self._jobs.store.noted(context.trace) and await self._jobs.store.take(once):
            name = grammar.split(invocation.line)[0]
            facts = {"by": "BOT_ADMINS"} if self._roles.runs(context.person) else {}
            await self._decisions.note(context.asker, f"command.{name}", facts=facts)

    async def _is_ours(self, invocation: Invocation, answer: Answer) -> bool:
        """Whether this process gives an answer that is only words. What everybody can read, several machines may have heard."""
        if self._alone or answer.job or answer.whisper is None or invocation.origin not in (Origin.MENTION, Origin.REACTION):
            return True
        # A reaction that is taken back and set again has the same key, and asks anew.
        turn = int(self._now().timestamp() // _ANEW) if invocation.origin is Origin.REACTION else 0
        try:
            return await self._jobs.store.take(f"answer:{turn}:{invocation.event}")
        except Fault:
            return True

    async def _resolved(self, invocation: Invocation) -> Invocation:
        """The same with its line: what a reaction says, and which job a shortcut was used on."""
        if invocation.origin is Origin.REACTION:
            preference = await self._preferences.of(invocation.place)
            job = await self._job_under(invocation.post) if invocation.post and preference.line(invocation.emoji, "") else None
            return replace(invocation, line=preference.line(invocation.emoji, job) if job else "")
        if invocation.origin is Origin.SHORTCUT and invocation.post and grammar.split(invocation.line) == ("vary", ""):
            job = await self._jobs.store.job_of(invocation.post)
            if job:
                return replace(invocation, line=f"vary {job}", attachments=())
        return invocation

    async def _job_under(self, post: Post) -> str | None:
        """The job of a message. Somebody may react to a message before its platform told us that it is there: asked again for a while."""
        for wait in _YOUNG:
            job = await self._jobs.store.job_of(post)
            if job:
                return job
            await asyncio.sleep(wait)
        return await self._jobs.store.job_of(post)

    def _field(self, invocation: Invocation, refusal: Refusal) -> str:
        """The field of a sent form that a refusal is about, or empty."""
        command = self._commands.get(grammar.split(invocation.line)[0])
        if invocation.origin is not Origin.FORM or command is None:
            return ""
        if isinstance(refusal, BadPicture):
            return next((option.name for option in command.spec.options if option.kind is Kind.IMAGE), "")
        return refusal.option if isinstance(refusal, Misunderstood) else ""

    def _unknown(self, name: str, rest: str) -> Misunderstood:
        close = next(iter(difflib.get_close_matches(name[:40], list(self._commands), n=1, cutoff=_TYPO)), None)
        if close:
            spec = self._commands[close].spec
            if name == f"un{close}" and any(option.name == "lift" for option in spec.options):
                # Nobody who wants to let somebody in again is to be handed the line that keeps them out.
                rest = f"{rest} --lift".strip()
            try:
                line = grammar.write(spec, grammar.parse(rest, spec)) if rest else spec.example
            except Misunderstood as also:
                line = also.line
            return Misunderstood(f"There is no command /{name[:30]}. Did you mean /{close}?", line=line)
        if name and rest:
            # Somebody who just says what they want to see.
            words = grammar.squeeze(f"{name} {rest}")[: grammar.LONGEST]
            return Misunderstood(f"There is no command /{name[:30]}.", advice="To have it drawn, say:", line=f"imagine {words}")
        return Misunderstood(
            f"There is no command /{name[:30]}." if name else "Say what to do.", advice="/help lists what there is.", line="help"
        )

    async def _meet(self, person: Person) -> None:
        # Written when something changed, and once a day, so that it is known who is still about: most invocations cost no write at all.
        today = self._now().date()
        if self._met.get(person.key) != (person, today):
            await self._jobs.store.meet(person)
            self._met[person.key] = person, today
            self._met.move_to_end(person.key)
            while len(self._met) > _MET:
                self._met.popitem(last=False)

    def _context(self, invocation: Invocation, rights: Rights, trace: str) -> Context:
        platform = self._platforms.get(invocation.place.platform)

        async def fetch(attachment: Attachment) -> bytes:
            if platform is None:
                raise Misunderstood("Pictures cannot be attached here.", advice="Say it in words.")
            try:
                return await platform.fetch(attachment)
            except PlatformFault as fault:
                # What cannot be helped is the file's own fault: too large, gone, not a file at all.
                (log.info if fault.permanent else log.warning)("attachment not fetched", reason=fault.sentence)
                raise BadPicture(fault.sentence, advice="Attach it again, or leave it out.") from fault

        return Context(
            person=invocation.person,
            place=invocation.place,
            origin=invocation.origin,
            event=invocation.event,
            attachments=invocation.attachments,
            emptied=_emptied(invocation),
            jobs=self._jobs,
            quotas=self._quotas,
            preferences=self._preferences,
            decisions=self._decisions,
            roles=self._roles,
            accounts=self._accounts,
            reviews=self._reviews,
            records=self._records,
            catalog=self._catalog,
            trace=trace,
            menu=self.menu,
            rights=rights,
            fetch=fetch,
            now=self._now,
        )


def _relaxed(spec: CommandSpec) -> CommandSpec:
    """A command whose line and options come apart (a form, typed options): what one lacks, the other may have."""
    return replace(spec, options=tuple(replace(option, required=False) for option in spec.options))


def _emptied(invocation: Invocation) -> frozenset[str]:
    """The fields of a sent form that came back empty."""
    options = invocation.options or {} if invocation.origin is Origin.FORM else {}
    return frozenset(name for name, value in options.items() if isinstance(value, str) and not value.strip())
