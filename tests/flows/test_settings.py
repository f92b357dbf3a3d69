"""Settings: what admins decide for a channel or the workspace, and what then holds there."""

from pathlib import Path

from bot.model import Message, Origin, State
from tests.flows.story import Story, open_story, said


async def decided(story: Story, line: str, *, channel: str = "general") -> str:
    """What Ada, an admin, is told."""
    return said(await story.say(line, who="ada", channel=channel))


async def test_settings_without_a_change_are_a_form_with_what_holds(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await decided(story, 'settings --results channel --reactions "🎨 remix"')
        form = (await story.say("settings", who="ada")).form
        assert form is not None
        assert {field.name: field.value for field in form.fields} == {
            "results": "channel",
            "reactions": "🎨 remix",
            "model": "usual",
            "models": "",
            "canary": "",
        }
        other = (await story.say("settings workspace", who="ada")).form
        assert other is not None
        plain = {field.name: field.value for field in other.fields}
        assert (plain["results"], plain["reactions"], plain["model"], plain["zone"]) == ("usual", "", "usual", "")
        assert form.title != other.title


async def test_a_sent_form_says_before_and_after_and_an_emptied_field_is_the_usual_again(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await decided(story, 'settings --results channel --reactions "🎨 remix"')
        form = (await story.say("settings", who="ada")).form
        assert form is not None
        answer = await story.say(form.line, who="ada", origin=Origin.FORM, options={"results": "usual", "reactions": ""})
        assert "channel → the usual" in said(answer)
        assert "🎨 remix → the usual" in said(answer)
        again = await story.say(form.line, who="ada", origin=Origin.FORM, options={"results": "usual", "reactions": ""})
        assert "Nothing changed" in said(again)
        assert again.form is None


async def test_what_was_set_is_said_before_and_after_and_can_be_reset(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        assert "the usual → channel" in await decided(story, "settings --results channel")
        assert "channel → thread" in await decided(story, "settings --results thread")
        assert "thread → the usual" in await decided(story, "settings --reset")
        assert "Nothing changed" in await decided(story, "settings --reset")
        assert "settings channel --reset" in await decided(story, "settings --reset --results thread")


async def test_members_may_not_change_settings(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        for who in ("grace", "maya"):
            answer = await story.say("settings --results channel", who=who)
            assert "admin" in said(answer)
            assert (await story.say("settings", who=who)).form is None
        assert (await story.app.store.rules_of("playground:studio")) == []


async def test_results_go_into_the_channel_where_it_says_so_and_the_card_says_below(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await decided(story, "settings --results channel")
        job = await story.drawn("imagine a small boat")
        assert (await story.result(job.id)).place.thread is None
        assert "1 image below" in (await story.card(job.id))["body"]
        other = await story.drawn("imagine a small boat", channel="design")
        assert (await story.result(other.id)).place.thread is not None
        assert "1 image in the thread" in (await story.card(other.id))["body"]


async def test_a_card_still_says_below_after_a_restart(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await decided(story, "settings --results channel")
        job = await story.drawn("imagine a small boat")
    async with open_story(tmp_path) as story:
        # As if the card had not been edited before the end: it is edited now, by a process that never saw the job run.
        card, _ = (await story.app.store.posts(job.id))["card"]
        await story.playground.edit(card, Message(text="drawing"))
        await story.app.store.keep_post(job.id, "card", card, shown=0)
        await story.app.teller.tell(job.id)
        assert "1 image below" in (await story.card(job.id))["body"]


async def test_asked_in_a_thread_the_results_stay_there_whatever_the_channel_says(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        thread = (await story.app.store.posts((await story.drawn("imagine a bridge")).id))["card"][0].id
        await decided(story, "settings --results channel")
        answer = await story.say("imagine another bridge", origin=Origin.MENTION, thread=thread)
        await story.shown(answer.job)
        assert (await story.result(answer.job)).place.thread == thread


async def test_a_channel_goes_over_its_workspace(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await decided(story, "settings workspace --results channel")
        await decided(story, "settings channel --results thread", channel="design")
        general = await story.drawn("imagine a small boat")
        design = await story.drawn("imagine a small boat", channel="design")
        assert (await story.result(general.id)).place.thread is None
        assert (await story.result(design.id)).place.thread is not None


async def test_reactions_are_changed_added_and_switched_off(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a small boat --count 2")
        post = await story.result(job.id)
        await decided(story, 'settings --reactions "🎨 vary 2, :party-parrot: again, 🔁 off, ⭐ rate up"')
        varied = await story.until((await story.react(post, "🎨")).job, State.DELIVERED)
        assert varied.parent is not None
        assert varied.parent.index == 2
        assert (await story.react(post, ":party-parrot:")).job
        silent = await story.react(post, "🔁")
        assert (silent.job, silent.whisper) == ("", None)
        await story.react(post, "⭐")
        assert dict(await story.app.store.marks(job.id)) == {"up": 1}
        assert (await story.react(post, "🎲")).job, "what nobody changed still does what it did"


async def test_a_workspace_and_a_channel_both_change_reactions(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a small boat")
        post = await story.result(job.id)
        await decided(story, 'settings workspace --reactions "🎨 again, 🔁 off"')
        await decided(story, 'settings channel --reactions "🔁 again"')
        assert (await story.react(post, "🎨")).job
        assert (await story.react(post, "🔁")).job


async def test_a_reaction_that_makes_no_sense_is_refused_with_a_line_that_works(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        for text in ("remix", "🎨 fly", "🎨", "a remix", "🎨 vary 0", "<@grace> again", ":no good: again", "🎨 quota"):
            refused = await story.say(f'settings --results channel --reactions "{text}"', who="ada")
            assert refused.whisper is not None, text
            assert "no emoji" in said(refused), text
            assert (await story.app.store.rules_of("playground:studio")) == [], f"all of it or nothing: {text}"
            answer = await story.say("settings channel", who="ada", origin=Origin.FORM, options={"results": "usual", "reactions": text})
            assert answer.field == "reactions", text
            assert "Settings saved" in await decided(story, refused.whisper.code)
            await decided(story, "settings --reset")


async def test_the_kept_favourites_are_listed_and_let_go(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        assert "no favourites yet" in said(await story.say("history --kept"))
        first, second, third = [await story.drawn(f"imagine a boat {number} --count 2") for number in (1, 2, 3)]
        await story.react(await story.result(first.id), "⭐")
        await story.say(f"keep {second.id} 2")
        await story.say(f"keep {third.id}", who="linus")
        listed = said(await story.say("history --kept"))
        assert listed.index(second.id) < listed.index(first.id)
        assert "image 2 · a boat 2" in listed
        assert third.id not in listed
        await story.say(f"keep {first.id} --off")
        await story.say(f"delete {second.id}")
        assert "no favourites yet" in said(await story.say("history --kept"))
