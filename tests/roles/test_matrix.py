"""The matrix of permissions: every command and every act of a command, for every role, in every way in.

It is complete by construction: its lines are compared with the menu, so a new command or a new act of one without a line here fails.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from bot.app import all_commands
from bot.model import Answer, Asker, CommandSpec, Invocation, Kind, Origin, Person, Place, Post, Role, RuleKind
from bot.preferences import REACTIONS
from tests.flows.story import Story, open_story

MEMBER, REVIEWER, ADMIN, OWNER, RUNNER = range(5)
NONE = "zzzz9999"
"""A job that nobody has: whoever is let in hears that it is not there."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the matrix."""

    says: str
    """Complete enough to reach every check there is."""
    least: int = MEMBER
    open: bool = False
    """Whether those who are banned may, too."""


def line(says: str, least: int = MEMBER, *, open_: bool = False) -> Line:
    return Line(says=says, least=least, open=open_)


# By `command`, `command act` for each word that may follow first, and `command: what` for what the menu does not tell.
MATRIX: Mapping[str, Line] = {
    "access": line("access", ADMIN),
    "access list": line("access list", ADMIN),
    "access set": line("access set here <@nobody>", ADMIN),
    "access clear": line("access clear here", ADMIN),
    "again": line(f"again {NONE}"),
    "appeal": line(f"appeal {NONE}", open_=True),
    "audit": line("audit", ADMIN),
    "audit show": line("audit show", ADMIN),
    "audit export": line("audit export --format csv", ADMIN),
    "ban": line("ban <@nobody> x", ADMIN),
    "ban: a reviewer": line("ban <@reviewer> --lift", ADMIN),
    "ban: an admin": line("ban <@admin> --lift", OWNER),
    "budget": line("budget", ADMIN),
    "budget show": line("budget show", ADMIN),
    "budget set": line("budget set $900000/month", ADMIN),
    "budget approve": line("budget approve", ADMIN),
    "budget price": line("budget price", ADMIN),
    "cancel": line(f"cancel {NONE}"),
    "cancel: another's": line("cancel {job}", REVIEWER),
    "cutout": line(f"cutout {NONE}"),
    "delete": line(f"delete {NONE}"),
    "delete: another's": line("delete {job}", REVIEWER),
    "edit": line(f"edit {NONE} make it night"),
    "extend": line(f"extend {NONE} --ar 16:9"),
    "guidelines": line("guidelines", open_=True),
    "guidelines show": line("guidelines show", open_=True),
    "guidelines set": line("guidelines set be kind", ADMIN),
    "help": line("help", open_=True),
    "history": line("history"),
    "imagine": line("imagine a mill"),
    "keep": line(f"keep {NONE}"),
    "limit": line("limit <@nobody> --count 4", ADMIN),
    "link": line("link"),
    "link show": line("link show"),
    "link end": line("link end"),
    "models": line("models"),
    "mute": line("mute <@nobody> x", REVIEWER),
    "mute: a member": line("mute <@member> --lift", REVIEWER),
    "mute: a reviewer": line("mute <@reviewer> --lift", ADMIN),
    "pause": line("pause", ADMIN),
    "resume": line("resume", ADMIN),
    "pause here": line("pause here", ADMIN),
    "resume here": line("resume here", ADMIN),
    "pause workspace": line("pause workspace", ADMIN),
    "resume workspace": line("resume workspace", ADMIN),
    "pause everything": line("pause everything", RUNNER),
    "resume everything": line("resume everything", RUNNER),
    "policy": line("policy", ADMIN),
    "policy show": line("policy show", ADMIN),
    "policy set": line("policy set gore review", ADMIN),
    "policy term": line("policy term list", ADMIN),
    "policy test": line("policy test a mill", ADMIN),
    "privacy": line("privacy", open_=True),
    "privacy show": line("privacy show", open_=True),
    "privacy export": line("privacy export", open_=True),
    "privacy erase": line("privacy erase", open_=True),
    "privacy keep": line("privacy keep prompts 90d", ADMIN),
    "queue": line("queue"),
    "quota": line("quota", open_=True),
    "quota show": line("quota show", open_=True),
    "quota show: another's": line("quota show <@nobody>", ADMIN),
    "quota more": line("quota more 5"),
    "quota set": line("quota set <@nobody> 5/day", ADMIN),
    "quota reset": line("quota reset <@nobody>", ADMIN),
    "quota list": line("quota list", ADMIN),
    "quota grant": line("quota grant <@nobody> 5", ADMIN),
    "quota revoke": line("quota revoke <@nobody>", ADMIN),
    "quota weight": line("quota weight upscale 2", ADMIN),
    "rate": line(f"rate {NONE} up"),
    "remix": line(f"remix {NONE}"),
    "repaint": line(f"repaint {NONE} a moon"),
    "report": line(f"report {NONE}"),
    "rerun": line(f"rerun {NONE}"),
    "review": line("review", REVIEWER),
    "review list": line("review list", REVIEWER),
    "review approve": line("review approve czzzz999", REVIEWER),
    "review reject": line("review reject czzzz999", REVIEWER),
    "review ban": line("review ban czzzz999", REVIEWER),
    "review grant": line("review grant czzzz999", REVIEWER),
    "review settings": line("review settings", REVIEWER),
    "review channel": line("review channel here", ADMIN),
    "review reports": line("review reports 3", ADMIN),
    "review strikes": line("review strikes off", ADMIN),
    "role": line("role", ADMIN),
    "role list": line("role list", ADMIN),
    "role show": line("role show <@nobody>", ADMIN),
    "role set": line("role set <@nobody> reviewer", ADMIN),
    "role set: an admin": line("role set <@somebody> admin", OWNER),
    "role remove": line("role remove <@nobody>", ADMIN),
    "role remove: an owner": line("role remove <@owner2>", OWNER),
    "settings": line("settings", ADMIN),
    "settings channel": line("settings channel --results thread", ADMIN),
    "settings workspace": line("settings workspace --results thread", ADMIN),
    "show": line(f"show {NONE}"),
    "show: another's refused one": line("show {blocked}", REVIEWER),
    "stats": line("stats", ADMIN),
    "undo": line("undo 999999", REVIEWER),
    "undo: a ban": line("undo {ban}", ADMIN),
    "undo: an owner": line("undo {owner}", OWNER),
    "undo: a pause of everything": line("undo {pause}", RUNNER),
    "upscale": line(f"upscale {NONE} 1"),
    "vary": line(f"vary {NONE} 1"),
}
RANKS = {"member": MEMBER, "muted": MEMBER, "banned": MEMBER, "reviewer": REVIEWER, "admin": ADMIN, "owner": OWNER, "runner": RUNNER}
DESIGN = Place(platform="playground", workspace="studio", channel="design")


def person(name: str) -> Person:
    return Person(platform="playground", workspace="studio", id=name, name=name.capitalize())


def acts(spec: CommandSpec) -> list[str]:
    """The lines that a command must have: itself, and what may follow first."""
    first = next((option for option in spec.options if option.positional), None)
    chosen = first.choices if first and first.kind is Kind.CHOICE and first.name in {"act", "scope"} else ()
    return [spec.name, *(f"{spec.name} {word}" for word in chosen)]


def expected(who: str, asked: Line, spec: CommandSpec) -> bool:
    """Whether somebody is let in."""
    if who == "banned":
        return asked.open
    return RANKS[who] >= asked.least and not (who == "muted" and spec.draws)


def let_in(answer: Answer) -> bool:
    return answer.whisper is None or answer.whisper.title != "Not allowed"


@dataclass(kw_only=True)
class Company:
    """People of every role, and what they meet."""

    story: Story
    names: Mapping[str, str]
    """What stands for `{job}`, `{ban}` and so on in a line."""
    post: Post
    count: int = 0

    async def ask(self, who: str, says: str, way: Origin, emoji: str = "") -> Answer:
        self.count += 1
        invocation = Invocation(
            person=person(who),
            place=DESIGN,
            event=f"cell {self.count}",
            origin=way,
            line=says.format(**self.names),
            emoji=emoji,
            post=self.post if emoji else None,
        )
        return await self.story.app.dispatch.handle(invocation)


async def gather(story: Story) -> Company:
    """Make everybody what they are, by rules alone."""
    ruler = Asker(person=person("runner"), place=DESIGN, event=None)
    decisions = story.app.roles.decisions

    async def decide(kind: RuleKind, subject: str, value: str, act: str) -> str:
        return str((await decisions.decide(ruler, [decisions.rule(ruler, kind, subject, value)], act=act)).number)

    for name, role in {"reviewer": Role.REVIEWER, "admin": Role.ADMIN, "owner": Role.OWNER, "owner2": Role.OWNER}.items():
        await decide(RuleKind.ROLE, f"person:{person(name).key}", role.value, "role.set")
    await decide(RuleKind.MUTE, f"person:{person('muted').key}", "x", "mute.set")
    await decide(RuleKind.BAN, f"person:{person('banned').key}", "x", "ban.set")
    names = {
        "ban": await decide(RuleKind.BAN, f"person:{person('else').key}", "x", "ban.set"),
        "owner": await decide(RuleKind.ROLE, f"person:{person('owner3').key}", "owner", "role.set"),
        "pause": await decide(RuleKind.PAUSE, "everything:limner:all", "", "pause.lift"),
    }
    dispatch = story.app.dispatch
    author = Invocation(person=person("author"), place=DESIGN, event="job", origin=Origin.COMMAND, line="imagine a mill")
    job = (await dispatch.handle(author)).job
    await dispatch.handle(replace(author, event="blocked", line="imagine a nude woman"))
    blocked = next(each.id for each in await story.app.store.recent(person=person("author")) if each.id != job)
    post = Post(place=DESIGN, id="m1")
    await story.app.store.keep_post(job, "result", post, shown=1)
    return Company(story=story, names={**names, "job": job, "blocked": blocked}, post=post)


def test_the_matrix_has_a_line_for_every_command_and_every_act() -> None:
    wanted = {act for command in all_commands().values() for act in acts(command.spec)}
    has = {key for key in MATRIX if ":" not in key}
    assert wanted == has, f"missing: {sorted(wanted - has)}; of nothing: {sorted(has - wanted)}"
    assert {act.split()[0] for act in REACTIONS.values()} <= has


def cells(specs: Mapping[str, CommandSpec]) -> Iterator[tuple[str, str, Line, Origin, str, bool]]:
    """Who, which line of the matrix, in which way, with which emoji, and whether they are let in."""
    for who, way in product(RANKS, Origin):
        if way is Origin.REACTION:
            for emoji, act in REACTIONS.items():
                word = act.split()[0]
                key = next(key for key in (f"{word}: another's", word) if key in MATRIX)
                yield who, key, MATRIX[key], way, emoji, expected(who, MATRIX[key], specs[word])
        else:
            for key, asked in MATRIX.items():
                yield who, key, asked, way, "", expected(who, asked, specs[asked.says.split()[0]])


async def test_every_cell_of_the_matrix_is_as_it_says(tmp_path: Path) -> None:
    specs = {name: command.spec for name, command in all_commands().items()}
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:runner", BOT_DATABASE_URL="sqlite:///:memory:") as story:
        company = await gather(story)
        before = await story.app.store.rules_of("playground:studio")
        wrong: list[str] = []

        async def check(*, allowed: bool) -> None:
            for who, key, asked, way, emoji, expects in cells(specs):
                # Who is let in does it once; in the other ways, a flag that nobody knows shows that the door was open.
                says = asked.says if not allowed or way in {Origin.COMMAND, Origin.REACTION} else f"{asked.says.split()[0]} --nonesuch"
                if expects is allowed and let_in(answer := await company.ask(who, says, way, emoji)) is not allowed:
                    wrong.append(f"{who} {way.value} {key}: {answer.whisper.text if answer.whisper else 'done'}")

        await check(allowed=False)
        assert wrong == []
        assert await story.app.store.rules_of("playground:studio") == before, "what was refused changed nothing"
        await check(allowed=True)
        assert wrong == []


async def test_help_and_completion_know_no_more_than_the_matrix(tmp_path: Path) -> None:
    specs = {name: command.spec for name, command in all_commands().items()}
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:runner") as story:
        company = await gather(story)
        for who in RANKS:
            page = (await company.ask(who, "help", Origin.COMMAND)).whisper
            assert page is not None
            listed = {name.removeprefix("/") for name, _ in page.fields}
            able = {name for name, spec in specs.items() if expected(who, MATRIX[name], spec)}
            assert listed == {name for name in able if not specs[name].hidden}, who
            for name, spec in specs.items():
                for option in spec.options:
                    if option.choices and option.kind is Kind.CHOICE:
                        offered = await story.app.dispatch.complete(person(who), DESIGN, command=name, option=option.name, typed="")
                        assert bool(offered) is (name in able), f"{who} {name} --{option.name}"
            sections = await story.app.dispatch.home(person(who), DESIGN)
            assert (len(sections) == 2) is (who == "banned"), who
