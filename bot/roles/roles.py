"""Who is what, as the journal, the platform and the settings have it at this moment."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.decisions import Decisions
from bot.errors import NotAllowed
from bot.model import (
    NOWHERE,
    Asker,
    Entry,
    Operation,
    Person,
    Place,
    Role,
    Rule,
    RuleKind,
    ending_of,
    subject_of_channel,
    subject_of_digest,
    subject_of_group,
    subject_of_person,
    subject_of_workspace,
)
from bot.ports import Store
from bot.roles.ranks import RANKS, SETTINGS, rank_of
from bot.roles.rights import EVERYTHING, Rights

_KINDS = (RuleKind.ROLE, RuleKind.ACCESS, RuleKind.BAN, RuleKind.MUTE, RuleKind.PAUSE)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Roles:
    """What people may do. `decisions` is how it is changed."""

    def __init__(self, store: Store, *, decisions: Decisions, admins: frozenset[str], now: Callable[[], datetime]) -> None:
        """`admins`: `platform:user-id` of those named in the settings."""
        self._store = store
        self.decisions = decisions
        self._admins = admins
        self._now = now

    async def rights(self, person: Person, place: Place) -> Rights:
        """Everything that holds for a person, as their platform describes them, in a place."""
        people = (await self._store.account(person)).people
        own = subject_of_person(person)
        at_home = _at_home(person, place)
        groups = [subject_of_group(place, group) for group in sorted(person.groups)]
        places = (subject_of_channel(place), subject_of_workspace(place), EVERYTHING)
        rules = await self._store.rules(
            # By digest as well: so an erasure leaves no way round a ban.
            [own, subject_of_digest(person.key), *(f"person:{key}" for key in people), *groups, *places],
            _KINDS,
        )
        if place.workspace == NOWHERE:
            # A conversation in no workspace is no way round the admins of one.
            rules = [*rules, *await self._store.rules_about(person.platform, person.id, (RuleKind.BAN, RuleKind.MUTE))]
        given = {
            Role(rule.value)
            for rule in rules
            if rule.kind is RuleKind.ROLE and rule.subject in ({own} if at_home else set[str]()) | {*groups}
        }
        roles = person.roles | given
        if self.runs(person):
            roles |= {Role.ADMIN, Role.OWNER}
        rank = SETTINGS if self.runs(person) else rank_of(roles)
        ban = None if rank == SETTINGS else _against(rules, RuleKind.BAN, person, place, rank)
        return Rights(
            person=replace(person, roles=frozenset({Role.MEMBER}) if ban else roles),
            place=place,
            rank=0 if ban else rank,
            ban=ban,
            mute=None if rank == SETTINGS else _against(rules, RuleKind.MUTE, person, place, rank),
            pause=max(
                (rule for rule in rules if rule.kind is RuleKind.PAUSE and rule.subject in places),
                key=lambda rule: rule.until or _NEVER,
                default=None,
            ),
            access=tuple(rule for rule in rules if rule.kind is RuleKind.ACCESS and rule.subject in places),
        )

    async def as_met(self, person: Person, place: Place) -> Rights:
        """The rights of somebody who does not act right now, with the platform's roles as they were when they last did.

        What a job or a command knows of a person may hold roles that were given and taken back since.
        """
        met = await self._store.person(person.platform, person.workspace, person.id)
        plain = replace(
            person, roles=met.roles if met else frozenset({Role.MEMBER}), groups=person.groups or (met.groups if met else frozenset())
        )
        return await self.rights(plain, place)

    async def known(self, person: Person, place: Place) -> Person:
        """The same person with every role: the platform's, those that rules give, and that of the settings."""
        return (await self.rights(person, place)).person

    async def admit(self, asker: Asker, operation: Operation) -> None:
        """Let somebody ask for pictures here, or raise NotAllowed: banned, muted, paused, or not for them."""
        (await self.rights(asker.person, asker.place)).admit(operation)

    async def barred(self, person: Person, place: Place) -> frozenset[str]:
        """The providers and models that are not for this person here."""
        return (await self.rights(person, place)).barred

    def runs(self, person: Person) -> bool:
        """Whether the settings name this person: one who runs the installation."""
        return f"{person.platform}:{person.id}" in self._admins

    def rank(self, person: Person) -> int:
        """The rank of somebody whose roles are known."""
        return SETTINGS if self.runs(person) else rank_of(person.roles)

    async def outrank(self, asker: Asker, person: Person, act: str) -> Rights:
        """Make sure that somebody may do something to another person (`ban`); gives that person's rights.

        Raises:
            NotAllowed: to oneself, or to somebody of the same or a higher role.
        """
        if person.key == asker.person.key:
            raise NotAllowed(f"You cannot {act} yourself.", advice="Another admin of this workspace could.")
        found = await self.as_met(person, asker.place)
        # Banned, they have no role; what the ban itself is about is who they were.
        rank = self.rank(person) if self.runs(person) else max(found.rank, await self._had(person, asker.place))
        if rank >= self.rank(asker.person):
            raise NotAllowed(
                f"You cannot {act} {person.mention}: they have the same role as you, or a higher one.", advice="Ask somebody above them."
            )
        return found

    async def against(self, asker: Asker, kind: RuleKind, person: Person, reason: str, *, until: datetime | None = None) -> list[Rule]:
        """The rules that ban or mute somebody, or with an empty reason lift that; in place of what an erasure left of an earlier one."""
        slot = guest_slot(person, asker.place)
        kept = await self._store.rules([subject_of_digest(person.key)], (kind,))
        old = [self.decisions.rule(asker, kind, rule.subject, "", slot=slot) for rule in kept if rule.slot == slot]
        return [self.decisions.rule(asker, kind, subject_of_person(person), reason, slot=slot, until=until), *old]

    def may_give(self, asker: Asker, *roles: Role) -> None:
        """Make sure that somebody may give and take these roles. Only owners make admins and owners. Raises NotAllowed."""
        highest = rank_of(roles)
        if highest >= RANKS[Role.ADMIN] and self.rank(asker.person) < RANKS[Role.OWNER]:
            raise NotAllowed("Only an owner may make somebody admin or owner, or take that back.", advice="Ask an owner of this workspace.")
        if self.rank(asker.person) < RANKS[Role.ADMIN]:
            raise NotAllowed("Only an admin may give roles.", advice="Ask an admin of this workspace.")

    async def keep_one(self, asker: Asker, subject: str) -> None:
        """Make sure that taking a subject's role back leaves an admin behind, apart from those of the platform. Raises NotAllowed."""
        mine = {subject_of_person(asker.person), *(subject_of_group(asker.place, group) for group in asker.person.groups)}
        if subject not in mine or self.runs(asker.person):
            return
        workspace = f"{asker.place.platform}:{asker.place.workspace}"
        others = [rule for rule in await self._store.rules_of(workspace, (RuleKind.ROLE,)) if rule.subject != subject]
        met = await self._store.person(asker.person.platform, asker.person.workspace, asker.person.id)
        if (met and met.administers) or any(RANKS[Role(rule.value)] >= RANKS[Role.ADMIN] for rule in others):
            return
        raise NotAllowed(
            "That would take your own role, and nobody else was made admin here.",
            advice="Make somebody else owner first. Whom the platform itself calls an admin always remains one.",
        )

    async def may_undo(self, asker: Asker, entry: Entry) -> None:
        """Make sure that somebody may undo an entry: as much as it takes to do the same. Raises NotAllowed."""
        for name, after in entry.after.items():
            kind, subject, _ = (*name.split(" ", 2), "", "")[:3]
            values = [ending_of(value)[0] for value in (after, entry.before.get(name, ""))]
            if kind == RuleKind.ROLE:
                self.may_give(asker, *(Role(value) for value in values if value in set(Role)))
                if after:
                    await self.keep_one(asker, subject)
            elif kind in {RuleKind.BAN, RuleKind.MUTE}:
                await self.outrank(asker, _person_of(subject), f"un{'mute' if kind == RuleKind.MUTE else 'ban'}")
            elif subject == EVERYTHING and not self.runs(asker.person):
                raise NotAllowed("Only those whom the settings name may do that.", advice="Ask whoever runs Limner.")
            if kind != RuleKind.MUTE and self.rank(asker.person) < RANKS[Role.ADMIN]:
                raise NotAllowed("Only an admin may undo that.", advice="Ask an admin of this workspace.")

    async def _had(self, person: Person, place: Place) -> int:
        """The rank that somebody would have without a ban."""
        met = await self._store.person(person.platform, person.workspace, person.id)
        own = [subject_of_person(person)] if _at_home(person, place) else []
        groups = [subject_of_group(place, group) for group in (met.groups if met else person.groups)]
        rules = await self._store.rules([*own, *groups], (RuleKind.ROLE,)) if own or groups else []
        return rank_of([*(met.roles if met else ()), *(Role(rule.value) for rule in rules)])


def guest_slot(person: Person, place: Place) -> str:
    """The slot of a ban or mute: of a guest it holds in this workspace alone, which is none of theirs."""
    return "" if _at_home(person, place) else f"in {place.platform}:{place.workspace}"


def _at_home(person: Person, place: Place) -> bool:
    return (person.platform, person.workspace) == (place.platform, place.workspace)


def _against(rules: Sequence[Rule], kind: RuleKind, person: Person, place: Place, rank: int) -> Rule | None:
    """The ban or mute that holds against a person here: their own, or that of somebody they are linked with."""
    own = subject_of_person(person)
    wanted = [rule for rule in rules if rule.kind is kind and rule.subject.startswith("person:")]
    mine = [rule for rule in wanted if rule.subject == own and rule.slot in {"", guest_slot(person, place)}]
    # Of a guest, their own workspace's decision holds as well.
    linked = [rule for rule in wanted if rule.subject != own and not rule.slot and rank < RANKS[Role.ADMIN]]
    return max((*mine, *linked), key=lambda rule: rule.until or _NEVER, default=None)


def _person_of(subject: str) -> Person:
    """The person behind a subject."""
    _, platform, workspace, id_ = subject.split(":", 3)
    return Person(platform=platform, workspace=workspace, id=id_)
