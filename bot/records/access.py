"""Access: who can do what and why, and when they last did: what a review of rights begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Known, Role, Rule, RuleKind
from bot.ports import Store

_KINDS = (RuleKind.ROLE, RuleKind.ACCESS, RuleKind.BAN, RuleKind.MUTE)


@dataclass(frozen=True, kw_only=True)
class Access:
    """What one person, or everybody in a group or role, can do."""

    workspace: str
    subject: str
    name: str = ""
    roles: Mapping[str, str]
    """Each role with its reason."""
    limits: tuple[str, ...] = ()
    """Bans, mutes, and what they alone may use."""
    seen: datetime | None = None
    drew: datetime | None = None
    acted: datetime | None = None
    act: str = ""
    """Their last act on record."""


async def access_of(store: Store, workspace: str, *, admins: frozenset[str]) -> list[Access]:
    """Everybody who was met in a workspace (`platform:workspace`), and whomever a rule is about. `admins` are those of BOT_ADMINS."""
    rules = await store.rules_of(workspace, _KINDS)
    known = await store.everybody(workspace)
    met = {f"person:{each.person.key}" for each in known}
    found = [_of_person(workspace, each, rules, admins) for each in known]
    for subject in sorted({rule.subject for rule in rules if rule.kind is not RuleKind.ACCESS} - met):
        mine = [rule for rule in rules if rule.subject == subject]
        roles = {rule.value: "/role" for rule in mine if rule.kind is RuleKind.ROLE}
        found.append(Access(workspace=workspace, subject=subject, roles=roles, limits=_limits(mine, rules, {subject})))
    for named in sorted(admins):
        platform, _, id_ = named.partition(":")
        subject = f"person:{workspace}:{id_}"
        if platform == workspace.partition(":")[0] and subject not in {each.subject for each in found}:
            found.append(Access(workspace=workspace, subject=subject, roles={Role.OWNER.value: "BOT_ADMINS"}))
    return found


def _of_person(workspace: str, known: Known, rules: Sequence[Rule], admins: frozenset[str]) -> Access:
    person = known.person
    subject = f"person:{person.key}"
    groups = {f"group:{workspace}:{group}" for group in person.groups}
    roles: dict[str, str] = {role.value: "platform" for role in sorted(person.roles)}
    for rule in rules:
        if rule.kind is RuleKind.ROLE and rule.subject in {subject, *groups}:
            roles.setdefault(rule.value, "/role" if rule.subject == subject else f"/role for {rule.subject}")
    if f"{person.platform}:{person.id}" in admins:
        roles.setdefault(Role.OWNER.value, "BOT_ADMINS")
    covering = {subject, *groups, *(f"role:{workspace}:{role}" for role in roles)}
    return Access(
        workspace=workspace,
        subject=subject,
        name=person.name,
        roles=roles,
        limits=_limits([rule for rule in rules if rule.subject == subject], rules, covering),
        seen=known.seen,
        drew=known.drew,
        acted=known.acted.at if known.acted else None,
        act=known.acted.act if known.acted else "",
    )


def _limits(mine: Sequence[Rule], rules: Sequence[Rule], covering: set[str]) -> tuple[str, ...]:
    own = [
        f"{rule.kind.value}: {rule.value}{f' until {rule.until.isoformat()}' if rule.until else ''}"
        for rule in mine
        if rule.kind in {RuleKind.BAN, RuleKind.MUTE}
    ]
    may = [
        f"may use {rule.slot.replace('=', ' ')} of {rule.subject}"
        for rule in rules
        if rule.kind is RuleKind.ACCESS and covering & set(rule.value.split())
    ]
    return (*own, *may)
