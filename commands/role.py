"""`/role`: who is reviewer, admin or owner here, besides those whom the platform says: people and groups."""

from bot.command import RANKS, Command, Context, Misunderstood, Options, says, whisper
from bot.errors import NotAllowed
from bot.model import Answer, CommandSpec, Kind, Option, Person, Role, RuleKind, subject_of_group

_SHOW, _SET, _REMOVE, _LIST = "show", "set", "remove", "list"


async def run(context: Context, options: Options) -> Answer:
    """Do what the first word says; without one, show somebody's roles, or list those that were given."""
    act = options.text("act") or (_SHOW if "who" in options else _LIST)
    if act == _LIST:
        workspace = f"{context.place.platform}:{context.place.workspace}"
        rules = await context.jobs.store.rules_of(workspace, (RuleKind.ROLE,))
        return whisper(says.roles_page(rules, zone=context.person.zone))
    if "who" not in options:
        raise Misunderstood(f"Whose role shall I {act}?", advice="Name a person or a group.", line=f"role {act} @person", option="who")
    if act == _SHOW:
        return await _show(context, options.text("who"))
    role = Role(options.text("role")) if "role" in options else Role.MEMBER
    if act == _SET and "role" not in options:
        raise Misunderstood("Which role?", advice="Member, reviewer, admin or owner.", line="role set @person reviewer", option="role")
    return await _give(context, options.text("who"), Role.MEMBER if act == _REMOVE else role, options.text("for"))


async def _give(context: Context, who: str, role: Role, span: str) -> Answer:
    subject = await context.subject(who)
    if not subject.startswith(("person:", "group:")):
        raise Misunderstood("A role is for a person or a group.", advice="For example:", line="role set @person reviewer", option="who")
    person = await context.somebody(who) if subject.startswith("person:") else None
    if person and (person.platform, person.workspace) != (context.place.platform, context.place.workspace):
        raise NotAllowed(f"{person.mention} is of another workspace.", advice="Only those who run that one can give them a role.")
    standing = [rule for rule in await context.jobs.store.rules([subject], (RuleKind.ROLE,)) if rule.value in set(Role)]
    had = [Role(rule.value) for rule in standing]
    context.roles.may_give(context.asker, role, *had)
    if had and RANKS[role] < max(RANKS[each] for each in had):
        await context.roles.keep_one(context.asker, subject)
    if person and person.key == context.person.key and RANKS[role] > context.roles.rank(context.person):
        raise NotAllowed("Nobody can raise themselves.", advice="Ask an owner of this workspace.")
    value = "" if role is Role.MEMBER else role.value
    rule = context.decisions.rule(context.asker, RuleKind.ROLE, subject, value, until=context.until(span) if value else None)
    entry = await context.decisions.decide(context.asker, [rule], act="role.set" if value else "role.remove")
    body, still = "It holds from the next word on, however it is said.", ""
    if not value and person and (await context.roles.as_met(person, context.place)).person.moderates:
        body, still = "", "They still have a role from the platform, one of their groups or the settings; /role show tells from which."
    return whisper(says.entry_page(entry, body=body, still=still, zone=context.person.zone))


async def _show(context: Context, who: str) -> Answer:
    subject = await context.subject(who)
    if not subject.startswith("person:"):
        rules = await context.jobs.store.rules([subject], (RuleKind.ROLE,))
        return whisper(says.roles_page(rules, zone=context.person.zone))
    person = await context.somebody(who)
    rights = await context.roles.as_met(person, context.place)
    given = await context.jobs.store.rules([subject, *_groups(context, rights.person)], (RuleKind.ROLE,))
    highest = max(rights.person.roles, key=lambda role: RANKS[role], default=Role.MEMBER)
    named = context.roles.runs(person)
    return whisper(says.role_page(person, role=highest, given=given, named=named, zone=context.person.zone))


def _groups(context: Context, person: Person) -> list[str]:
    return [subject_of_group(context.place, group) for group in sorted(person.groups)]


COMMAND = Command(
    spec=CommandSpec(
        name="role",
        about="Who is reviewer, admin or owner here",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="What to do", positional=True, choices=(_SHOW, _SET, _REMOVE, _LIST)),
            Option(name="who", kind=Kind.SUBJECT, about="A person or a group", positional=True, example="@grace"),
            Option(
                name="role",
                kind=Kind.CHOICE,
                about="Which role",
                positional=True,
                choices=tuple(role.value for role in Role),
            ),
            Option(name="for", kind=Kind.SPAN, about="For how long, where not for good", example="2d"),
        ),
        example="role set @grace reviewer",
        role=Role.ADMIN,
    ),
    run=run,
)
