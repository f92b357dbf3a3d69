"""Whole stories on Discord: the assembled app, the real discord.py, and people who do things in it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.model import State
from tests.flows.story import eventually
from tests.wire.discord.interactions import DEFERRED_UPDATE
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import open_life


async def test_a_command_gives_a_card_and_its_images_in_a_thread(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        said = await server.slash("ada", "general", "imagine", {"prompt": "a red fox", "count": 2})
        assert said.ephemeral
        assert said.seconds is not None
        assert said.seconds < 1
        job = await life.delivered()
        card, result = await life.message(job.id, "card"), await life.message(job.id)
        assert card.channel.name == "general"
        assert "a red fox" in card.text
        assert result.channel.parent is card.channel
        assert len(result.pictures) == 2
        assert all("a red fox" in picture.alt for picture in result.pictures)
        assert ["/guidelines" in one.text for one in server.ephemerals("ada")] == [True], "what is fine here, and nothing else"
        assert job.person.name == "Ada"
        assert job.state is State.DELIVERED


async def test_every_button_of_a_result_works(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox", "count": 2})
        first = await life.delivered()
        result = await life.message(first.id)
        for number, label in enumerate(("Vary 2", "Upscale 1", "Again", "Same"), start=2):
            await server.press("ivy", result, label)
            job = await life.delivered(number=number)
            assert job.person.name == "Ivy"
            assert (await life.message(job.id)).pictures
        same = (await life.jobs())[0]
        assert same.seed == first.seed
        details = await server.press("ivy", result, "Details")
        await eventually(_has(lambda: first.id in "".join(each.text for each in server.ephemerals("ivy"))))
        assert details.response == DEFERRED_UPDATE


async def test_remix_opens_a_form_with_what_the_job_had_and_draws_what_it_is_sent(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox"})
        result = await life.message((await life.delivered()).id)
        shown = await server.press("ivy", result, "Remix")
        assert shown.modal is not None
        assert shown.modal.field("Prompt").value == "a red fox"
        await server.submit("ivy", shown, {"Prompt": "a blue fox"})
        job = await life.delivered(number=2)
        assert (job.request.prompt, job.person.name) == ("a blue fox", "Ivy")


async def test_a_form_with_a_mistake_says_so_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        shown = await server.slash("ada", "general", "imagine")
        assert shown.modal is not None
        sent = await server.submit("ada", shown, {"Prompt": "a red fox", "More options": "--count 99"})
        await eventually(_has(lambda: "10" in sent.text))
        assert sent.message is not None
        again = await server.press("ada", sent.message, "Correct it")
        assert again.modal is not None
        assert again.modal.field("Prompt").value == "a red fox"
        await server.submit("ada", again, {"More options": "--count 2"})
        assert len((await life.delivered()).images) == 2


async def test_only_the_owner_and_moderators_may_delete_and_everybody_is_asked_first(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.slash("ivy", "general", "imagine", {"prompt": "a red fox"})
        job = await life.delivered()
        result = await life.message(job.id)
        asked = await server.press("ada", result, "Delete")
        assert asked.message is not None
        await server.press("ada", asked.message, "Yes, delete")
        await eventually(_has(lambda: asked.message is not None and "Ivy" in asked.message.text))
        assert result.pictures
        asked = await server.press("grace", result, "Delete")
        assert asked.message is not None
        await server.press("grace", asked.message, "Yes, delete")
        await eventually(_has(lambda: not result.pictures))


async def test_buttons_work_months_later_and_after_a_restart(tmp_path: Path) -> None:
    async with open_discord() as server:
        async with open_life(tmp_path, server) as life:
            await server.slash("ada", "general", "imagine", {"prompt": "a red fox"})
            result = await life.message((await life.delivered()).id)
        server.skip_clock(100 * 24 * 3600)
        async with open_life(tmp_path, server) as life:
            # The thread has been put away meanwhile; somebody opens it again.
            server.world.archive(result.channel, archived=False)
            await server.press("ivy", result, "Vary")
            assert (await life.delivered(number=2)).parent is not None


async def test_a_restart_in_the_middle_posts_every_card_and_result_once(tmp_path: Path) -> None:
    async with open_discord() as server:
        async with open_life(tmp_path, server) as life:
            for number in range(4):
                await server.slash("ada", "general", "imagine", {"prompt": f"boat {number}"})
            await life.jobs(number=4)
        async with open_life(tmp_path, server) as life:
            for job in await life.jobs(number=4):
                await life.until(job.id, State.DELIVERED)
        cards = server.messages("general")
        assert len(cards) == 4
        assert [len(server.messages(thread)) for thread in server.threads("general") if thread.name not in {"sketches", "attic"}] == [1] * 4


async def test_a_mention_in_a_thread_gets_its_images_there(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.say("ada", "sketches", f"{server.bot.mention} imagine a red fox")
        job = await life.delivered()
        assert (await life.message(job.id)).channel is (await life.message(job.id, "card")).channel is server.channel("sketches")


async def test_a_direct_message_works_like_the_command(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.direct("ada", "imagine a small boat")
        job = await life.delivered()
        assert job.request.prompt == "a small boat"
        assert (await life.message(job.id)).channel is (await life.message(job.id, "card")).channel
        assert len(server.dms("ada")) == 4, "the question, what is fine here, card and result"
        said = await server.slash("ada", server.dms("ada")[0].channel, "imagine", {"prompt": "another"})
        await life.delivered(number=2)
        assert not said.failed


async def test_reactions_do_what_the_map_says_once_each(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox", "count": 2})
        result = await life.message((await life.delivered()).id)
        await server.react("ivy", result, "2️⃣")
        await life.delivered(number=2)
        await server.unreact("ivy", result, "2️⃣")
        await server.react("ivy", result, "2️⃣")
        await server.react("ivy", result, "✉️")
        await eventually(_has(lambda: server.dms("ivy")))
        assert "a red fox" in server.dms("ivy")[0].text
        assert len(await life.jobs()) == 2


async def test_the_menu_of_a_message_makes_a_prompt_and_variations_of_it(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        words = await server.say("ivy", "general", "a red fox in the snow")
        shown = await server.context_menu("ada", "Use as prompt", words)
        assert shown.modal is not None
        assert shown.modal.field("Prompt").value == "a red fox in the snow"
        await server.submit("ada", shown)
        first = await life.delivered()
        assert first.request.prompt == "a red fox in the snow"
        picture = (await life.app.files.get(first.images[0].key)).body
        theirs = await server.say("ivy", "general", "mine", attachments={"mine.png": picture})
        await server.context_menu("ada", "Make variations", theirs)
        assert (await life.delivered(number=2)).request.sources
        await server.context_menu("ada", "Make variations", await life.message(first.id))
        assert (await life.delivered(number=3)).parent is not None
        again = await server.context_menu("ivy", "Use as prompt", await life.message(first.id))
        assert again.modal is not None
        assert again.modal.field("Prompt").value == "a red fox in the snow"


async def test_an_interaction_that_reaches_two_processes_makes_one_job(tmp_path: Path) -> None:
    async with open_discord() as server:
        async with open_life(tmp_path, server) as life:
            await server.slash("ada", "general", "imagine", {"prompt": "a red fox"})
            await life.delivered()
            await server.say("ada", "general", f"{server.bot.mention} imagine a boat")
            await life.delivered(number=2)
        async with open_life(tmp_path, server) as life:
            server.replay("INTERACTION_CREATE")
            server.replay("MESSAGE_CREATE")
            await server.direct("ivy", "imagine a hen")
            await life.delivered(number=3)
            assert len(await life.jobs()) == 3


async def test_models_and_jobs_are_completed_while_somebody_types(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox"})
        job = await life.delivered()
        assert [each["value"] for each in await server.autocomplete("ada", "general", "show", "job", job.id[:2])] == [job.id]
        models = await server.autocomplete("ada", "general", "imagine", "model", "ske", {"prompt": "x"})
        assert "sketch" in [each["value"] for each in models]


async def test_what_somebody_types_pings_nobody_and_breaks_nothing(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        prompt = f"@everyone @here {server.user('grace').mention} ```*_~|> # - [x](http://y) <@&1> `` \u202e \\"
        await server.slash("ada", "general", "imagine", {"prompt": prompt})
        job = await life.delivered()
        for key in ("card", "result"):
            assert (await life.message(job.id, key)).pings == set()


def _has(look: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    async def there() -> object:
        return look()

    return there
