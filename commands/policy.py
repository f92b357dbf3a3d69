"""`/policy`: what follows from what moderation finds, in a channel or the whole workspace, and the terms that a team lists itself."""

from bot.command import Command, Context, Misunderstood, Options, moderation, says, whisper
from bot.errors import NotFound
from bot.model import Answer, CommandSpec, Entry, Kind, Level, Option, Role, Rule, RuleKind, subject_of_channel, subject_of_workspace

_HERE, _WORKSPACE = "here", "workspace"
_SHOWN = 40
"""Terms that a page lists."""


async def run(context: Context, options: Options) -> Answer:
    """Do what the first words say; without any, show what holds here."""
    act, what = options.text("act", "show"), options.text("what").strip()
    if act == "set":
        return await _set(context, options, what)
    if act == "test":
        return await _test(context, f"{what} {options.text('value')}".strip())
    if act == "term":
        return await _term(context, options, what)
    return await _show(context, restricted="restricted" in options or context.place.age_restricted)


async def _show(context: Context, *, restricted: bool) -> Answer:
    policy, _ = await context.jobs.panel.standing(context.place)
    decided = await _house(context).decided(context.place)
    rows: list[tuple[str, str, str, str]] = []
    for name in moderation.TABLE:
        sure, doubtful = (policy.consequence(name, sure=each, restricted=restricted).value for each in (True, False))
        rules = [decided.get(moderation.slot_of(name, sure=each, restricted=restricted)) for each in (True, False)]
        where = {"this channel" if rule.subject.startswith("channel:") else "the workspace" for rule in rules if rule}
        rows.append((name, sure, doubtful, f"decided for {' and '.join(sorted(where))}" if where else ""))
    return whisper(says.policy_page(rows, where="here", restricted=restricted))


async def _set(context: Context, options: Options, category: str) -> Answer:
    consequence = options.text("value").strip().casefold()
    if not category or not consequence:
        raise Misunderstood("Which category, and what follows?", advice="/policy show lists them.", line="policy set gore review")
    slot, value = moderation.choice_of(category.casefold(), consequence, doubtful="doubtful" in options, restricted="restricted" in options)
    entry = await _decide(context, options, RuleKind.POLICY, slot, value, act="policy.set")
    return whisper(says.entry_page(entry, title="Policy changed"))


async def _term(context: Context, options: Options, act: str) -> Answer:
    words = options.text("value").strip()
    if act == "test":
        return await _test(context, words)
    if act in {"", "list"}:
        listed = await _house(context).listed(context.place)
        rows = [(each.term.text, _meaning(each.rule.value), _where(each.rule)) for each in listed]
        return whisper(says.terms_page(rows[:_SHOWN], where="here", more=len(rows[_SHOWN:])))
    if act not in {"add", "allow", "remove"}:
        raise Misunderstood(
            f"“{act[:40]}” is nothing to do with terms.", advice="There are: add, allow, remove, list and test.", line="policy term list"
        )
    category = moderation.ALLOW if act == "allow" else options.text("category", "custom")
    slot, value = moderation.term_of(words, category, doubtful="doubtful" in options)
    listed = await _house(context).listed(context.place)
    if act == "remove":
        value = ""
        subject = _subject(context, options)
        if not any(each.rule.slot == slot and each.rule.subject == subject for each in listed):
            raise NotFound(f"“{slot}” is not listed there.", advice="/policy term list shows what is, and where.")
    else:
        moderation.check_room(len(listed))
    entry = await _decide(context, options, RuleKind.TERM, slot, value, act=f"policy.term.{act}")
    return whisper(says.entry_page(entry, title="Terms changed"))


async def _test(context: Context, wording: str) -> Answer:
    if not wording:
        raise Misunderstood("Which wording?", line="policy test a red fox in the snow")
    rulings = await context.jobs.panel.findings(context.person, context.place, wording)
    verdict = moderation.verdict_of(rulings)
    found = [
        f"{ruling.concern.category}, {'sure' if ruling.concern.score >= moderation.SURE else 'doubtful'} ({ruling.concern.source}): "
        f"{ruling.consequence.value}"
        for ruling in rulings
    ]
    said = {
        Level.ALLOW: "it passes",
        Level.BLUR: "it is drawn behind a spoiler",
        Level.REVIEW: "a reviewer looks first",
        Level.BLOCK: "refused",
    }
    return whisper(says.trial_page(said[verdict.level], found))


async def _decide(context: Context, options: Options, kind: RuleKind, slot: str, value: str, *, act: str) -> Entry:
    rule = context.decisions.rule(context.asker, kind, _subject(context, options), value, slot=slot)
    return await context.decisions.decide(context.asker, [rule], act=act)


def _subject(context: Context, options: Options) -> str:
    here = options.text("where", _WORKSPACE) == _HERE
    return subject_of_channel(context.place) if here else subject_of_workspace(context.place)


def _house(context: Context) -> moderation.House:
    house = context.jobs.panel.house
    if house is None:
        raise NotFound("This bot keeps no policy of its own.")
    return house


def _meaning(value: str) -> str:
    return "always allowed" if value == moderation.ALLOW else value.replace(" sure", "").replace(" doubtful", ", doubtful")


def _where(rule: Rule) -> str:
    return "this channel" if rule.subject.startswith("channel:") else "the workspace"


COMMAND = Command(
    spec=CommandSpec(
        name="policy",
        about="What moderation lets pass, and your own terms",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="What to do", positional=True, choices=("show", "set", "term", "test")),
            Option(
                name="what",
                kind=Kind.TEXT,
                about="A category to set; for term: add, allow, remove, list or test",
                positional=True,
                example="gore",
            ),
            Option(
                name="value",
                kind=Kind.TEXT,
                about="allow, warn, mask, blur, review, block or usual; for term and test: the words",
                positional=True,
                rest=True,
                example="review",
            ),
            Option(name="where", kind=Kind.CHOICE, about="This channel or the workspace (usual)", choices=(_HERE, _WORKSPACE)),
            Option(name="category", kind=Kind.CHOICE, about="What a term counts as; usual is custom", choices=tuple(moderation.TABLE)),
            Option(name="doubtful", kind=Kind.FLAG, about="For doubtful findings; for a term: a reviewer looks"),
            Option(name="restricted", kind=Kind.FLAG, about="For age-restricted channels"),
        ),
        example="policy set gore review",
        role=Role.ADMIN,
    ),
    run=run,
)
