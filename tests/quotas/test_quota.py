"""`/quota`: what people read and admins say, in the assembled app."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import Origin, State
from tests.flows.story import said
from tests.quotas.scene import Scene, entry_of, model, open_scene


async def test_everybody_a_group_and_a_person_get_more_or_less_of_a_day(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        assert "0 of 50 images used, 50 left; renews Mon 23 Nov, 19:00 (America/New_York)" in await scene.quota()
        assert "Everybody: 20 images a day, from now on." in await scene.told("quota set everybody 20/day")
        assert "of 20 images" in await scene.quota("kenji")
        assert "<@&design>: 30 images a day" in await scene.told("quota set <@&design> 30/day")
        assert "of 30 images" in await scene.quota("grace")
        assert "of 20 images" in await scene.quota("kenji")
        assert "0 of 5 images" in await scene.told("quota set <@grace> 5/day")
        assert "of 5 images" in await scene.quota("grace")
        assert "no limit" in await scene.told("quota set <@grace> unlimited")
        assert "no limit" in await scene.quota("grace")
        assert "of 30 images" in await scene.told("quota set <@grace> usual")
        assert "of 30 images" in await scene.told("quota show <@grace>"), "as a member of the group that she was last seen in"
        assert "every admin: 7 images a day" in (await scene.told("quota set admins 7/day")).lower()
        assert "of 7 images" in await scene.quota("ada")


async def test_a_change_shows_before_and_after_and_undo_puts_it_back(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("quota set everybody 20/day")
        answer = await scene.say("quota set everybody 10/day", who="ada")
        assert "20 → 10" in said(answer)
        assert "10 → 20" in await scene.told(f"undo {entry_of(answer)}")
        assert "of 20 images" in await scene.quota()
        assert "Nothing changed" in await scene.told("quota set everybody 20/day")


async def test_the_tightest_of_own_channel_and_workspace_decides(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("quota set workspace 6/day")
        await scene.told("quota set <#brand> 3/day")
        await scene.taken("imagine a fox --count 2", channel="brand")
        told = await scene.refused("imagine a fox --count 2", who="linus", channel="brand")
        assert "brand" in told
        assert "2 of 3 images" in told
        assert "--count 1 would fit" in told
        await scene.taken("imagine a fox --count 4", who="linus")
        told = await scene.refused(who="kenji")
        assert "this workspace" in told.lower()
        assert "6 of 6 images" in told
        used = await scene.quota("kenji", channel="brand")
        assert "Today · <#brand>: 2 of 3 images" in used
        assert "Today · this workspace: 6 of 6 images" in used


async def test_what_a_model_or_an_operation_may_have_is_a_limit_of_its_own(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("cheap", "0.01"), model("dear", "0.5")) as scene:
        assert "2 images with acme/dear a day" in await scene.told("quota set everybody 2/day --model dear")
        await scene.taken("imagine a fox --count 2 --model dear")
        assert "with acme/dear" in await scene.refused("imagine a fox --model dear")
        await scene.taken("imagine a fox --model cheap")
        assert "Today · with acme/dear: 2 of 2 images used" in await scene.quota()
        assert "has several models" in await scene.told("quota set everybody 2/day --model acme")
        assert "a model or about an operation" in await scene.told("quota set everybody upscale 2/day --model dear")
        assert "1 image by upscale an hour" in await scene.told("quota set everybody upscale 1/hour")


async def test_weights_count_an_image_as_several_or_as_none(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("draft", "0"), model("dear")) as scene:
        assert "by draw counts as 3 images" in await scene.told("quota weight draw 3")
        assert "with acme/draft counts as 0 images" in await scene.told("quota weight --model draft 0")
        await scene.taken("imagine a fox --count 2 --model dear")
        await scene.taken("imagine a fox --count 4 --model draft")
        assert "6 of 50 images" in await scene.quota()
        assert "counts as one again" in await scene.told("quota weight draw usual")
        for line in ("quota weight draw", "quota weight draw 2/day", "quota weight draw $2", "quota weight 2", "quota weight draw 101"):
            assert "quota weight upscale 2" in await scene.told(line)


async def test_a_rolling_day_has_room_again_when_its_oldest_use_is_a_day_old(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        assert "3 images in any 24 hours" in await scene.told("quota set everybody 3/day --rolling")
        await scene.taken("imagine a fox --count 2")
        scene.passes(timedelta(hours=10))
        await scene.taken()
        assert "Last 24 hours: 3 of 3 images used, 0 left; room again Tue 24 Nov, 07:01 (America/New_York)" in await scene.quota()
        assert "24 November at 07:01" in await scene.refused()
        scene.passes(timedelta(hours=14, microseconds=1))
        await scene.taken("imagine a fox --count 2")


async def test_a_reset_forgives_and_undone_it_does_not(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.taken("imagine a fox --count 4")
        scene.passes(timedelta(minutes=1))
        answer = await scene.say("quota reset <@grace>", who="ada")
        assert "0 of 50 images" in said(answer)
        again = await scene.say(f"undo {entry_of(answer)}", who="ada")
        assert "4 of 50 images" in await scene.quota()
        scene.passes(timedelta(minutes=1))
        await scene.taken()
        await scene.told(f"undo {entry_of(again)}")
        assert "1 of 50 images" in await scene.quota(), "what was used after the reset was never forgiven"


@pytest.mark.parametrize(
    ("state", "cost", "paid"),
    [
        (State.FAILED, "0.04", "0.04"),
        (State.FAILED, None, "0.00"),
        (State.BLOCKED, "0.10", "0.10"),
        # Of a call that was on its way nobody knows whether the vendor charges it.
        (State.CANCELLED, None, "0.04"),
        (State.EXPIRED, None, "0.04"),
    ],
)
async def test_what_came_to_nothing_costs_the_person_nothing_and_the_team_what_was_paid(
    tmp_path: Path, state: State, cost: str | None, paid: str
) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("quota set everybody $1/day")
        await scene.told("budget set $1/day")
        job = await scene.taken()
        reserved = await scene.quota()
        assert "Today: $0.04 of $1.00 used" in reserved
        await scene.ends(job, state, cost=cost)
        used = await scene.quota()
        assert "0 of 50 images" in used
        assert "Today: $0.00 of $1.00 used" in used
        assert f"this workspace's budget: ${paid} of $1.00 used" in used


async def test_what_was_delivered_is_settled_at_what_it_really_cost(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("quota set everybody $1/day")
        await scene.ends(await scene.taken(), State.DELIVERED, cost="0.25")
        assert "Today: $0.25 of $1.00 used, $0.75 left" in await scene.quota()


async def test_two_people_share_a_channels_money(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        assert "<#brand>: $0.10 a month" in await scene.told("quota set <#brand> $0.10/month")
        await scene.taken(channel="brand")
        await scene.taken(who="kenji", channel="brand")
        told = await scene.refused(who="linus", channel="brand")
        assert "$0.08 of $0.10" in told
        await scene.taken(who="linus", channel="design")
        assert "This month · <#brand>: $0.08 of $0.10 used" in await scene.quota("maya", "brand")
        assert "brand" not in await scene.quota("maya", "design")


async def test_an_admin_sees_what_a_channel_and_a_group_may_have(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("quota set <#brand> $0.50/month")
        await scene.told("quota set <@&design> 30/day")
        await scene.told("budget set $9/month")
        await scene.taken(channel="brand")
        told = await scene.told("quota show <#brand>")
        assert "<#brand>: $0.50 a month." in told
        assert "This month · <#brand>: $0.04 of $0.50 used, $0.46 left" in told
        assert "<@&design>: 30 images a day." in await scene.told("quota show <@&design>")
        assert "$0.04 of $9.00 used" in await scene.told("quota show workspace")
        assert "Only an admin" in await scene.told("quota show <#brand>", who="grace")


async def test_where_money_is_limited_a_model_needs_a_price(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("riddle", None)) as scene:
        await scene.taken()
        await scene.told("quota set <@grace> $5/day")
        told = await scene.refused()
        assert "Nobody knows what an image of acme/riddle costs" in told
        assert "/budget price acme/riddle $0.03" in told
        await scene.taken(who="linus")
        assert "$0.0025 an image" in await scene.told("budget price riddle $0.0025")
        await scene.taken("imagine a fox --count 4")
        assert "$0.01 of $5.00 used" in await scene.quota()


async def test_sixty_jobs_of_one_person_wait_behind_the_first_of_another(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("quota set <@grace> 100/day")
        for _ in range(60):
            await scene.taken()
        await scene.taken(who="linus")
        told = await scene.quota()
        assert "60 of 100 images" in told
        ids = await scene.app.store.queued("acme", limit=100)
        people = [(await scene.app.store.find(each)).person.id for each in ids]
        assert people.index("linus") < 2


async def test_days_begin_where_the_workspace_says_and_keep_their_length_when_clocks_change(tmp_path: Path) -> None:
    async with open_scene(tmp_path, clock=datetime(2026, 3, 28, 22, 30, tzinfo=UTC)) as scene:
        assert "the usual → Europe/Berlin" in await scene.told("settings workspace --zone Europe/Berlin")
        assert "no time zone" not in await scene.told("settings workspace --zone Europe/Berlin")
        assert "Europe/Berlin" in await scene.told("settings workspace --zone Mars/Base")
        assert "whole workspace" in await scene.told("settings channel --zone Europe/Berlin")
        await scene.told("quota set everybody 1/day")
        await scene.taken()
        assert "renews Sat 28 Mar, 19:00 (America/New_York)" in await scene.quota()
        scene.passes(timedelta(minutes=30))
        await scene.taken()
        assert "renews Sun 29 Mar, 18:00 (America/New_York)" in await scene.quota(), "the day of the change has 23 hours"
        scene.passes(timedelta(hours=23, seconds=-1))
        await scene.refused()
        scene.passes(timedelta(seconds=1))
        await scene.taken()


async def test_a_list_shows_every_rule_page_by_page(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        for number in range(40):
            await scene.told(f"quota set <@U{number:03}> {number + 1}/day")
        await scene.told("quota set <#brand> $50/month")
        await scene.told("limit everybody --count 4")
        first = await scene.say("quota list", who="ada")
        assert "page 1 of 3" in said(first)
        assert "the nearest rule counts alone" in said(first)
        assert "at most 4 in one request" in said(first)
        assert first.whisper is not None
        pages = [first, await scene.say(first.whisper.actions[-1].line, who="ada"), await scene.say("quota list --page 99", who="ada")]
        told = " ".join(map(said, pages))
        assert all(f"<@U{number:03}> {number + 1} image" in told for number in range(40))
        assert "<#brand> $50 a month" in told
        assert "50 images a day and 500 images a month" in said(pages[2])
        assert [action.label for action in (pages[2].whisper or first.whisper).actions] == ["Previous"]


async def test_nobody_but_an_admin_changes_quotas(tmp_path: Path) -> None:
    acts = ("set <@linus> 5/day", "reset <@linus>", "list", "grant <@linus> 5", "revoke <@linus>", "weight draw 2", "show <@linus>")
    async with open_scene(tmp_path) as scene:
        for origin in (Origin.COMMAND, Origin.BUTTON, Origin.FORM, Origin.MENTION):
            for act in acts:
                for who in ("grace", "maya"):
                    assert "Only an admin" in await scene.told(f"quota {act}", who=who, origin=origin), act
        assert await scene.app.store.rules_of("playground:studio") == []


ODD = [
    ("quota set", "Whose"),
    ("quota set <@grace>", "50/day"),
    ("quota set 5/day", "Whose"),
    ("quota set <@grace> $5", "in what time"),
    ("quota set <@grace> 5.5/day", "takes an amount"),
    ("quota set <@grace> -5/day", "takes an amount"),
    ("quota set <@grace> 99999999/day", "takes an amount"),
    ("quota set <@grace> 5/fortnight", "takes an amount"),
    ("quota set <@grace> €5/day", "US dollars"),
    ("quota set <@grace> unlimited --rolling", "in what time"),
    ("quota set @nobody 5/day", "not met"),
    ("quota set #nowhere 5/day", "I do not know a channel"),
    ("quota set grace 5/day", "takes a @person"),
    ("quota set <@grace> 5/day --model nonesuch", "no model"),
    ("quota set <@grace> usual", "Nothing changed"),
    ("quota revoke <@grace>", "there was no grant"),
    ("quota grant <@grace>", "How much more"),
    ("quota grant <@grace> 5/day", "no number of images"),
    ("quota grant <@grace> unlimited", "no number of images"),
    ("quota grant <@grace> 5 --for 3y", "at most a year"),
    ("quota show <@&design>", "No rule of its own"),
]


async def test_odd_words_are_answered_with_what_would_work_and_change_nothing(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        for line, expected in ODD:
            told = await scene.told(line)
            assert expected in told, line
            assert "My fault" not in told
        assert await scene.app.store.rules_of("playground:studio") == []


async def test_more_is_asked_for_by_a_form_and_given_by_an_admin(tmp_path: Path) -> None:
    async with open_scene(tmp_path, settings={"BOT_QUOTA_DAY": "2"}, working=True) as scene:
        await scene.told("review channel #review")
        await scene.taken("imagine a fox --count 2")
        refused = await scene.say("imagine a fox")
        assert refused.whisper is not None
        assert "quota more" in [action.line for action in refused.whisper.actions]
        form = (await scene.say("quota more", origin=Origin.BUTTON)).form
        assert form is not None
        answer = await scene.say(form.line, origin=Origin.FORM, options={"amount": "5", "for": "2d", "why": "a campaign"})
        (case,) = await scene.app.store.cases("playground:studio")
        assert case.id in said(answer)
        assert "5 images more for 2d: a campaign" in case.reason
        await scene.told(f"review approve {case.id}")
        assert "a grant" in await scene.quota()
        await scene.taken()


async def grown(scene: Scene, amount: int) -> list[int]:
    """How many images a person gets in each of some days, asking for one after another."""
    days: list[int] = []
    for _ in range(amount):
        count = 0
        while (await scene.say("imagine a fox")).job:
            count += 1
        days.append(count)
        scene.passes(timedelta(days=1))
    return days


async def test_a_grant_is_spent_over_days_and_never_twice(tmp_path: Path) -> None:
    async with open_scene(tmp_path, settings={"BOT_QUOTA_DAY": "3"}) as scene:
        told = await scene.told("quota grant <@grace> 5 --for 3d")
        assert "5 images more in all, until Thu 26 Nov, 12:00 (Europe/London)" in told
        for _ in range(5):
            await scene.taken()
        assert "5 of 8 images used, 3 left; 5 of it is a grant" in await scene.quota()
        assert "Grant of 5 images: until Thu 26 Nov, 07:00 (America/New_York)" in await scene.quota()
        scene.passes(timedelta(days=1))
        assert await grown(scene, 3) == [6, 3, 3]


async def test_a_grant_that_was_taken_back_and_put_back_is_the_same_one(tmp_path: Path) -> None:
    async with open_scene(tmp_path, settings={"BOT_QUOTA_DAY": "1"}) as scene:
        await scene.told("quota grant <@grace> 5 --for 7d")
        for _ in range(4):
            await scene.taken()
        scene.passes(timedelta(days=1))
        answer = await scene.say("quota revoke <@grace>", who="ada")
        assert "0 of 1 image" in said(answer)
        await scene.told(f"undo {entry_of(answer)}")
        assert await grown(scene, 2) == [3, 1]


async def test_a_grant_for_everybody_is_each_persons_own_and_one_for_a_channel_is_shared(tmp_path: Path) -> None:
    async with open_scene(tmp_path, settings={"BOT_QUOTA_DAY": "1"}) as scene:
        await scene.told("quota set <#brand> 4/day")
        assert "2 images more in all" in await scene.told("quota grant everybody 2 --for 1w")
        for who in ("grace", "linus"):
            for _ in range(3):
                await scene.taken(who=who)
            await scene.refused(who=who)
        await scene.taken("imagine a fox --count 3", who="kenji", channel="brand")
        assert "brand" in await scene.refused("imagine a fox --count 2", who="maya", channel="brand")
        await scene.told("quota grant <#brand> 3 --for 8h")
        await scene.taken("imagine a fox --count 2", who="maya", channel="brand")
        assert "5 of 7 images used" in await scene.quota("ada", "brand")
        scene.passes(timedelta(days=1))
        assert "0 of 4 images used" in await scene.quota("ada", "brand")
        assert await grown(scene, 2) == [1, 1], "what was given to her is used up"


async def test_a_grant_in_money_is_spent_like_one_in_images(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.50")) as scene:
        await scene.told("quota set everybody $1/day")
        assert "$2.00 more in all" in await scene.told("quota grant <@grace> $2 --for 5d")
        await scene.taken("imagine a fox --count 4")
        scene.passes(timedelta(days=1))
        assert await grown(scene, 3) == [4, 2, 2]
