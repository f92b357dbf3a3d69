from typing import Any

import aiohttp
import pytest

from tests.flows.story import eventually
from tests.wire.slack.nouns import Delivery, Impossible
from tests.wire.slack.sdk import PNG, button, buttons, field, modal, open_bolt, open_client, section
from tests.wire.slack.server import SlackServer, open_slack


async def answer_commands(app: Any) -> None:
    @app.command("/imagine")
    async def imagine(ack: Any, body: Any) -> None:
        await ack(f"you said {body['text']}")


async def open_form(slack: SlackServer, client: Any, view: dict[str, Any]) -> Any:
    trigger = slack.new_trigger(slack.team, slack.find_user("ada"))
    await client.views_open(trigger_id=trigger, view=view)
    return slack.views("ada")[-1]


async def test_a_command_is_acknowledged_and_its_answer_is_seen_by_one_person() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:
        await answer_commands(app)
        delivery = await slack.command("grace", "general", "/imagine", "a <fox> & @ada in #general")
        assert delivery.seconds is not None
        assert delivery.seconds < 3
        ada, general = slack.find_user("ada").id, slack.find_channel("general").id
        said = f"you said a &lt;fox&gt; &amp; <@{ada}|ada> in <#{general}|general>"
        assert slack.ephemerals("grace")[0].text == said
        assert slack.ephemerals("ada") == []


async def test_slash_commands_are_refused_in_threads_and_where_a_person_is_not() -> None:
    async with open_slack() as slack:
        for refused in (
            slack.command("grace", "general", "/imagine", "a fox", thread_ts="1.2"),
            slack.command("guest", "secret", "/imagine", "a fox"),
            slack.command("grace", "old", "/imagine", "a fox"),
            slack.command("grace", "general", "/draw", "a fox"),
        ):
            with pytest.raises(Impossible):
                await refused


async def test_a_button_is_pressed_and_its_response_url_answers_five_times_in_half_an_hour() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app, aiohttp.ClientSession() as session:

        @app.action("vary")
        async def vary(ack: Any, respond: Any, body: Any) -> None:
            await ack()
            await respond(f"{body['actions'][0]['value']} in {body['channel']['name']}", replace_original=False)

        await client.chat_postMessage(channel=slack.find_channel("general").id, text="x", blocks=[buttons("Vary")])
        delivery = await slack.press("ada", slack.messages("general")[0], "Vary")

        async def whispered() -> bool:
            return bool(slack.ephemerals("ada"))

        await eventually(whispered)
        assert slack.ephemerals("ada")[0].text == "v Vary in general"
        url = delivery.payload["response_url"]
        statuses = [(await session.post(url, json={"text": "again"})).status for _ in range(5)]
        assert statuses == [200, 200, 200, 200, 404]
        other = await slack.press("ada", slack.messages("general")[0], "v Vary")
        await session.post(other.payload["response_url"], json={"replace_original": True, "text": "changed"})
        assert slack.messages("general")[0].text == "changed"
        slack.pass_time(1801)
        assert (await session.post(other.payload["response_url"], json={"text": "late"})).status == 404


async def test_a_confirm_dialog_can_be_cancelled() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        texts = {name: {"type": "plain_text", "text": name} for name in ("title", "text", "confirm", "deny")}
        blocks = [{"type": "actions", "elements": [button("Delete", confirm=texts)]}]
        await client.chat_postMessage(channel=slack.find_channel("general").id, text="x", blocks=blocks)
        delivery = await slack.press("ada", slack.messages("general")[0], "Delete", confirmed=False)
        assert (delivery.failed, slack.deliveries) == ("cancelled", [])
        assert delivery.confirm is not None
        assert delivery.confirm["confirm"]["text"] == "confirm"


async def test_an_ephemeral_button_is_only_for_the_one_who_sees_it() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        ada = slack.find_user("ada").id
        await client.chat_postEphemeral(channel=slack.find_channel("general").id, user=ada, text="x", blocks=[buttons("Go")])
        message = slack.ephemerals("ada")[0]
        assert (await slack.press("ada", message, "Go")).payload["container"]["is_ephemeral"] is True
        with pytest.raises(Impossible):
            await slack.press("grace", message, "Go")
        with pytest.raises(Impossible):
            await slack.shortcut("ada", "use", message)


async def test_a_form_is_sent_with_what_was_typed_and_chosen() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:
        seen: list[Any] = []

        @app.view("form")
        async def form(ack: Any, view: Any) -> None:
            seen.append(view["state"]["values"])
            await ack()

        options = [{"text": {"type": "plain_text", "text": word}, "value": word.lower()} for word in ("Wide", "Tall")]
        shape = field("Shape", type="static_select", options=options, initial_option=options[0])
        picture = field("Picture", type="file_input", filetypes=["png"], optional=True)
        view = await open_form(slack, client, modal(field("Prompt"), shape, picture))
        missing = await slack.submit("ada", view)
        assert missing.errors == {"prompt": "required"}
        with pytest.raises(Impossible):
            await slack.submit("ada", view, {"Prompt": "x"}, files=[("a.gif", PNG)])
        delivery = await slack.submit("ada", view, {"Prompt": "a fox", "shape": "Tall"}, files=[("a.png", PNG)])
        assert (delivery.acked, slack.views("ada")) == (True, [])
        assert seen[0]["prompt"]["value"]["value"] == "a fox"
        assert seen[0]["shape"]["value"]["selected_option"] == options[1]
        file = seen[0]["picture"]["value"]["files"][0]
        async with aiohttp.ClientSession() as session:
            headers = {"Authorization": f"Bearer {slack.bot_token}"}
            assert await (await session.get(file["url_private_download"], headers=headers)).read() == PNG


async def test_a_form_answers_with_errors_an_update_or_a_push() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:
        answers: list[Any] = [
            {"response_action": "errors", "errors": {"prompt": "Too long."}},
            {"response_action": "errors", "errors": {"nowhere": "?"}},
            {"response_action": "push", "view": modal(section("sure?"))},
            {"response_action": "update", "view": modal(section("done"))},
            {"response_action": "clear"},
        ]

        @app.view("form")
        async def form(ack: Any) -> None:
            await ack(**answers.pop(0))

        view = await open_form(slack, client, modal(field("Prompt")))

        async def send(values: dict[str, str]) -> Delivery:
            return await slack.submit("ada", slack.views("ada")[-1], values)

        assert (await send({"Prompt": "x"})).errors == {"prompt": "Too long."}
        assert (await send({"Prompt": "x"})).failed == "invalid_response"
        await send({"Prompt": "x"})
        assert [one.blocks[0]["type"] for one in slack.views("ada")] == ["input", "section"]
        with pytest.raises(Impossible):
            await slack.submit("ada", view, {"Prompt": "x"})
        await send({})
        assert slack.views("ada")[-1].blocks[0]["text"]["text"] == "done"
        await send({})
        assert slack.views("ada") == []


async def test_shortcuts_come_with_and_without_a_message() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:
        seen: list[Any] = []

        @app.shortcut("use")
        async def use(ack: Any, body: Any) -> None:
            seen.append(body)
            await ack()

        file = await slack.upload("ada", "general", PNG)
        message = slack.messages("general")[0]
        await slack.shortcut("grace", "use", message)
        await slack.shortcut("grace", "use")
        assert seen[0]["message"]["files"][0]["id"] == file.id
        assert ("response_url" in seen[0], "response_url" in seen[1], "channel" in seen[1]) == (True, False, False)


async def test_mentions_and_direct_messages_make_their_own_events() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:
        seen: list[Any] = []

        @app.event("app_mention")
        async def mentioned(event: Any) -> None:
            seen.append(event)

        @app.event("message")
        async def direct(event: Any) -> None:
            seen.append(event)

        async def three() -> bool:
            return len(seen) == 3

        said = await slack.mention("ada", "general", "imagine a <fox> https://x.example/?a=1&b=2")
        assert said.message is not None
        await slack.mention("ada", "general", "again", thread_ts=said.message.ts)
        await slack.direct("ada", "imagine & draw")
        assert (await slack.mention("ada", "design", "imagine")).failed == "no_event"
        await eventually(three)
        first, second, third = sorted(seen, key=lambda event: event["ts"])
        bot = slack.team.bot.id
        assert first["text"] == f"<@{bot}> imagine a &lt;fox&gt; <https://x.example/?a=1&amp;b=2>"
        assert second["thread_ts"] == first["ts"]
        assert (third["channel_type"], third["text"]) == ("im", "imagine &amp; draw")


async def test_reactions_and_the_home_tab_make_events_where_the_bot_is() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:

        @app.event("reaction_added")
        @app.event("reaction_removed")
        @app.event("app_home_opened")
        async def take(event: Any) -> None:
            assert event["user"] == slack.find_user("ada").id

        await client.chat_postMessage(channel=slack.find_channel("general").id, text="x")
        message = slack.messages("general")[0]
        added = await slack.react("ada", message, "repeat")
        assert added.payload["event"]["item"]["ts"] == message.ts
        assert "thread_ts" not in str(added.payload)
        with pytest.raises(Impossible):
            await slack.react("ada", message, "repeat")
        removed = await slack.unreact("ada", message, "repeat")
        assert removed.payload["event"]["type"] == "reaction_removed"
        assert (await slack.open_home("ada")).payload["event"]["tab"] == "home"
        slack.kick("general")
        assert (await slack.react("ada", message, "x")).failed == "no_event"
