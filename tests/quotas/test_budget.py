"""`/budget`: the team's money: hard, told in time, never overrun by what nobody knows the price of."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from bot.app import Fakes
from bot.errors import FaultKind, ProviderFault
from bot.model import CaseKind, Invocation, Origin, Role, State
from tests.flows.story import eventually, open_story, said
from tests.flows.test_services import Service
from tests.quotas.scene import NOON, entry_of, model, open_scene


async def test_a_budget_holds_everybody_and_counts_what_failed(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        answer = await scene.say("budget set $0.20/month", who="ada")
        assert "The workspace may use $0.20 a month, failed jobs that cost money included." in said(answer)
        assert "--alerts #channel names where" in said(answer)
        await scene.ends(await scene.taken(), State.FAILED, cost="0.05")
        await scene.taken("imagine a fox --count 3", who="kenji")
        told = await scene.refused(who="linus", channel="brand")
        assert "$0.17 of $0.20" in told
        assert "budget" in told
        shown = await scene.told("budget")
        assert "Budget of $0.20 this month: $0.05 spent, $0.12 reserved, $0.03 left; renews Tue 01 Dec, 00:00 (Europe/London)" in shown
        assert "Dearest models this month: acme/one $0.17" in shown
        assert "Dearest people: <@grace> $0.05" in shown
        assert "→ nothing" in await scene.told(f"undo {entry_of(answer)}")
        await scene.taken(who="linus")


async def test_a_forecast_is_made_once_the_window_says_something(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("budget set $0.50/week")
        await scene.taken("imagine a fox --count 4")
        assert "Forecast for the week: about $2.24 if it goes on like this, which is $1.74 too much" in await scene.told("budget show")
        scene.passes(timedelta(days=3, hours=12))
        assert "Forecast for the week: about $0.28 if it goes on like this, which is enough" in await scene.told("budget show")
        scene.passes(timedelta(days=3, hours=1))
        assert "Forecast for the week: too early to say" in await scene.told("budget show")


async def test_budgets_are_set_in_odd_words_too_and_taken_back(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("riddle", None)) as scene:
        for line, expected in {
            "budget": "There is no budget",
            "budget set": "$500/month",
            "budget set 500/month": "money in a time",
            "budget set $500": "budget set $500/month",
            "budget set €500/month": "US dollars",
            "budget set lots": "no money",
            "budget set usual": "There is no budget",
            "budget set $5/day --alerts #nowhere": "I do not know a channel",
            "budget approve": "usual for never",
            "budget approve above nothing": "",
            "budget approve $2/day": "money alone",
            "budget price riddle": "costs how much",
            "budget price riddle $0.03/day": "money alone",
            "budget price riddle lots": "",
            "budget price nonesuch $1": "no model",
        }.items():
            told = await scene.told(line)
            assert expected in told, line
            assert "My fault" not in told
        assert await scene.app.store.rules_of("playground:studio") == []
        assert "$2.50" in await scene.told("budget approve above 2.50")
        assert "$2.00" in await scene.told("budget approve 2")
        assert "Nobody has to approve" in await scene.told("budget approve usual")
        assert "$0.03 an image" in await scene.told("budget price riddle $0.03")
        assert "no price any more" in await scene.told("budget price riddle usual")
        assert "<#brand> is told" in await scene.told("budget set --alerts <#brand>")
        assert "Nobody is told" in await scene.told("budget set --alerts none")
        await scene.told("budget set $5/day")
        await scene.told("budget set $50/month")
        assert "as much money as it likes" in await scene.told("budget set usual")


async def test_a_price_is_only_taken_where_nobody_tells_one(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.04"), model("riddle", None)) as scene:
        assert "one tells its own price: $0.04 an image" in await scene.told("budget price one $0.01")
        assert "acme/riddle is reckoned at $0.10 an image" in await scene.told("budget price riddle $0.10")
        await scene.told("budget set $0.35/month")
        job = await scene.taken("imagine a fox --model riddle --count 3")
        assert job.estimate == Decimal("0.30")
        assert "$0.30 of $0.35" in await scene.refused("imagine a fox --model riddle")


async def test_a_dear_job_waits_until_an_admin_approves_it(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "1.50"), working=True) as scene:
        await scene.told("budget approve above $2")
        await scene.told("review channel #review")
        await scene.drawn("imagine a fox")
        held = await scene.taken("imagine a fox --count 2")
        assert held.state is State.HELD
        assert "$1.50" not in await scene.quota(), "nothing is charged until then"
        (case,) = await scene.app.store.cases_of(held.id)
        assert case.kind is CaseKind.COST
        assert "about $3.00" in case.reason
        assert "admin" in (await scene.told(f"review approve {case.id}", who="maya")).lower()
        await scene.told(f"review approve {case.id}")
        assert (await scene.until(held.id, State.DELIVERED)).approved


async def test_a_dear_job_that_nobody_could_approve_is_refused(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "1.50"), model("riddle", None)) as scene:
        await scene.told("budget approve above $2")
        await scene.told("review channel none")
        told = await scene.refused("imagine a fox --count 2 --model one")
        assert "about $3.00" in told
        assert "/review channel" in told
        assert "Nobody knows what it costs" in await scene.refused("imagine a fox --model riddle")


async def test_no_failover_goes_past_a_budget_or_to_an_unknown_price(tmp_path: Path) -> None:
    broken = Service("broken", model("cheap", "0.01"), fault=ProviderFault("down", kind=FaultKind.CREDENTIALS, accepted=False))
    dear, riddle, fair = (Service(name, model(name, price)) for name, price in {"dear": "5", "riddle": None, "fair": "0.02"}.items())
    providers = {each.name: each for each in (broken, dear, riddle, fair)}
    async with open_story(tmp_path, fakes=Fakes(providers=providers, moderators=[], now=lambda: NOON)) as story:
        await story.say("budget set $1/day", who="ada")
        job = await story.drawn("imagine a fox")
        assert job.provider == "fair"
        assert job.tried == ("broken/cheap",)
        assert not dear.orders
        assert not riddle.orders
        await story.say("budget set $0.02/day", who="ada")
        answer = await story.say("imagine a hen", who="kenji")
        assert not answer.job


async def test_an_admin_of_one_workspace_changes_nothing_in_another(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        cast = scene.playground.cast
        ada = cast.players["ada"].person
        stranger = replace(ada, workspace="elsewhere", roles=frozenset({Role.ADMIN}))
        place = replace(scene.place(), workspace="elsewhere")
        mine = await scene.say("quota set everybody 20/day", who="ada")

        async def foreign(line: str) -> str:
            said_there = Invocation(person=stranger, place=place, event=f"foreign {line}", origin=Origin.COMMAND, line=line)
            return said(await scene.app.dispatch.handle(said_there))

        await scene.taken(who="grace")
        assert "no entry" in await foreign(f"undo {entry_of(mine)}")
        assert "belong to another workspace" in await foreign("quota set <@grace> unlimited")
        assert "belong to another workspace" in await foreign("limit <@grace> --count 1")
        for line in ("quota set everybody unlimited", "budget set $0.01/day", "quota weight draw 9", "limit everybody --count 1"):
            await foreign(line)
        assert "20 images a day" not in await foreign("quota list")
        assert "1 of 20 images" in await scene.quota()
        assert "budget" not in await scene.quota()


async def test_a_budget_is_told_of_while_it_is_used_and_only_once(tmp_path: Path) -> None:
    async with open_scene(tmp_path, working=True, settings={"BOT_TIME_ZONE": "Europe/Berlin"}) as scene:
        assert "<#brand> is told when 50, 80 and 100 % are used." in await scene.told("budget set $0.16/day --alerts <#brand>")
        await scene.drawn("imagine a fox --count 2")

        async def alerts() -> list[str]:
            return [str(entry.content) for entry in await scene.channel("brand") if "budget" in str(entry.content)]

        (first,) = await eventually(alerts)
        assert "50 % used" in first
        assert "$0.08 of $0.16 are spent or reserved today." in first
        assert "$0.08 are left until Tue 24 Nov, 00:00 (Europe/Berlin)" in first
