"""What the server refuses, asked without a library in between."""

from typing import Any

import pytest

from tests.wire.discord.caller import calling
from tests.wire.discord.people import MIB
from tests.wire.discord.permissions import INVITED, MENTION_EVERYONE, USUAL
from tests.wire.discord.server import open_discord

BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
V2 = 1 << 15


def row(*buttons: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2001}, "content"),
        ({"content": ["x"]}, "content"),
        ({"content": "x", "nonce": "n" * 26}, "nonce"),
        ({"embeds": [{"title": "t" * 257}]}, "embeds.0.title"),
        ({"embeds": [{"description": "d"}] * 11}, "embeds"),
        ({"embeds": [{"description": "d" * 4096}, {"description": "d" * 2000}]}, "embeds"),
        ({"embeds": [{"fields": [{"name": "n", "value": ""}]}]}, "embeds.0.fields.0.value"),
        ({"content": "x", "components": [row(BUTTON)] * 6}, "components"),
        ({"content": "x", "components": [row(*[BUTTON | {"custom_id": str(n)} for n in range(6)])]}, "components.0.components"),
        ({"content": "x", "components": [row(BUTTON, BUTTON)]}, "components.0.components.1.custom_id"),
        ({"content": "x", "components": [row(BUTTON | {"custom_id": "c" * 101})]}, "components.0.components.0.custom_id"),
        ({"content": "x", "components": [row(BUTTON | {"label": "l" * 81})]}, "components.0.components.0.label"),
        ({"content": "x", "components": [row({"type": 2, "style": 5, "label": "L", "url": "ftp://x"})]}, "components.0.components.0.url"),
        ({"content": "x", "components": [{"type": 10, "content": "V2 without the flag"}]}, "components.0.type"),
        ({"content": "x", "flags": V2, "components": [{"type": 10, "content": "y"}]}, "content"),
        ({"flags": V2, "components": [{"type": 10, "content": "y" * 2001}, {"type": 10, "content": "y" * 2000}]}, "components"),
        ({"flags": V2, "components": [row(BUTTON | {"custom_id": str(n)}) for n in range(21)]}, "components"),
        (
            {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://no.png"}}]}]},
            "components.0.items.0.media.url",
        ),
        ({"flags": V2, "components": [{"type": 9, "components": [{"type": 10, "content": "y"}]}]}, "components.0.accessory.type"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions.users"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference"),
        ({"content": "x", "attachments": [{"id": 0, "description": "nothing was sent"}]}, "attachments.0"),
    ],
)
async def test_a_body_that_is_too_much_is_refused_with_the_field_that_is_wrong(body: dict[str, Any], path: str) -> None:
    async with open_discord() as server, calling(server) as caller:
        reply = await caller.post("general", body)
        assert (reply.status, reply.code) == (400, 50035)
        assert reply.errors(path)
        assert server.messages("general") == []


async def test_a_message_needs_something_in_it() -> None:
    async with open_discord() as server, calling(server) as caller:
        assert (await caller.post("general", {"content": " \n"})).code == 50006
        assert (await caller.post("general", {"components": [row(BUTTON)]})).code == 50006
        assert (await caller.post("general", {"flags": V2, "components": []})).code == 50006


async def test_forty_components_and_four_thousand_characters_are_just_right() -> None:
    async with open_discord() as server, calling(server) as caller:
        body = {"flags": V2, "components": [{"type": 10, "content": "y" * 4000}, *[{"type": 14}] * 39]}
        assert (await caller.post("general", body)).status == 200


async def test_files_have_a_size_that_depends_on_the_place() -> None:
    async with open_discord() as server, calling(server) as caller:
        large = {"a.bin": bytes(10 * MIB + 1)}
        refused = await caller.post("general", {}, files=large)
        assert (refused.status, refused.code) == (413, 40005)
        server.guild.tier = 2
        assert (await caller.post("general", {}, files=large)).status == 200
        server.too_large(10)
        assert (await caller.post("general", {}, files={"b.bin": bytes(11)})).code == 40005


async def test_all_files_together_have_a_size() -> None:
    async with open_discord() as server, calling(server) as caller:
        assert (await caller.post("general", {}, files={f"{n}.bin": bytes(9 * MIB) for n in range(3)})).code == 40005


async def test_ten_files_go_and_eleven_do_not() -> None:
    async with open_discord() as server, calling(server) as caller:
        assert (await caller.post("general", {}, files={f"{n}.png": b"x" for n in range(10)})).status == 200
        assert (await caller.post("general", {}, files={f"{n}.png": b"x" for n in range(11)})).errors("attachments")


async def test_alt_text_has_a_length() -> None:
    async with open_discord() as server, calling(server) as caller:
        body = {"attachments": [{"id": 0, "description": "d" * 1025}]}
        assert (await caller.post("general", body, files={"a.png": b"x"})).errors("attachments.0.description")


async def test_a_file_that_no_component_shows_is_seen_by_nobody() -> None:
    async with open_discord() as server, calling(server) as caller:
        gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
        reply = await caller.post("general", {"flags": V2, "components": [gallery]}, files={"a.png": b"a", "b.png": b"b"})
        assert reply.status == 200
        [message] = server.messages("general")
        assert [each.filename for each in message.shown] == ["a.png"]
        assert [each.filename for each in message.hidden] == ["b.png"]
        assert reply.body["components"][0]["items"][0]["media"]["url"].startswith(server.world.cdn_url)


@pytest.mark.parametrize(
    ("channel", "body", "files", "code"),
    [
        ("no-view", {"content": "x"}, None, 50001),
        ("no-sending", {"content": "x"}, None, 50013),
        ("no-files", {"content": "x"}, {"a.png": b"a"}, 50013),
        ("no-embeds", {"embeds": [{"title": "t"}]}, None, 50013),
        ("ideas", {"content": "x"}, None, 40058),
        ("far", {"content": "x"}, None, 50001),
        ("between ada and ivy", {"content": "x"}, None, 50001),
    ],
)
async def test_a_permission_that_is_missing_is_named(channel: str, body: Any, files: Any, code: int) -> None:
    async with open_discord() as server, calling(server) as caller:
        reply = await caller.post(channel, body, files=files)
        assert (reply.status, reply.code) == (403 if code != 40058 else 400, code)
        assert server.invalid_requests == (0 if code == 40058 else 1)


async def test_threads_are_made_once_and_only_where_they_can_be() -> None:
    async with open_discord() as server, calling(server) as caller:
        codes: list[int] = []
        for name in ("general", "no-threads", "sketches"):
            message = (await caller.post(name, {"content": "x"})).body["id"]
            path = f"/channels/{server.channel(name).id}/messages/{message}/threads"
            made = await caller.ask("POST", path, {"name": "n" * 100})
            codes.append(made.status if made.status == 201 else made.code)
            if name == "general":
                assert made.body["id"] == message
                assert (await caller.ask("POST", path, {"name": "again"})).code == 160004
        assert codes == [201, 50013, 50024]
        message = (await caller.post("announcements", {"content": "x"})).body["id"]
        path = f"/channels/{server.channel('announcements').id}/messages/{message}/threads"
        assert (await caller.ask("POST", path, {"name": "n" * 101})).errors("name")
        assert (await caller.ask("POST", path, {"name": "news"})).body["type"] == 10


async def test_a_direct_message_has_no_threads() -> None:
    async with open_discord() as server, calling(server) as caller:
        place = (await caller.ask("POST", "/users/@me/channels", {"recipient_id": str(server.user("ada").id)})).body["id"]
        message = (await caller.ask("POST", f"/channels/{place}/messages", {"content": "x"})).body["id"]
        assert (await caller.ask("POST", f"/channels/{place}/messages/{message}/threads", {"name": "t"})).code == 50024
        assert [each.content for each in server.dms("ada")] == ["x"]


async def test_somebody_who_takes_no_messages_gets_none() -> None:
    async with open_discord() as server, calling(server) as caller:
        server.user("ada").takes_messages = False
        place = (await caller.ask("POST", "/users/@me/channels", {"recipient_id": str(server.user("ada").id)})).body["id"]
        assert (await caller.ask("POST", f"/channels/{place}/messages", {"content": "x"})).code == 50007


async def test_an_archived_thread_takes_no_edit_and_opens_for_a_message_unless_it_is_locked() -> None:
    async with open_discord() as server, calling(server) as caller:
        attic = server.channel("attic")
        message = (await caller.post("attic", {"content": "x"})).body["id"]
        assert not attic.archived
        attic.archived = True
        path = f"/channels/{attic.id}/messages/{message}"
        assert (await caller.ask("PATCH", path, {"content": "y"})).code == 50083
        assert (await caller.ask("PUT", f"{path}/reactions/%F0%9F%94%81/@me")).code == 50083
        attic.locked = True
        assert (await caller.post("attic", {"content": "x"})).code == 160005


async def test_only_own_messages_are_edited_and_old_ones_only_so_often() -> None:
    async with open_discord() as server, calling(server) as caller:
        theirs = await server.say("ada", "general", "mine")
        general = server.channel("general").id
        assert (await caller.ask("PATCH", f"/channels/{general}/messages/{theirs.id}", {"content": "y"})).code == 50005
        assert (await caller.ask("PATCH", f"/channels/{general}/messages/1", {"content": "y"})).code == 10008
        assert (await caller.ask("PATCH", "/channels/1/messages/1", {"content": "y"})).code == 10003
        own = (await caller.post("general", {"content": "x"})).body["id"]
        server.skip_clock(3601)
        assert (await caller.ask("PATCH", f"/channels/{general}/messages/{own}", {"content": "y"})).status == 200
        server.refuse_old_edits()
        refused = await caller.ask("PATCH", f"/channels/{general}/messages/{own}", {"content": "z"})
        assert (refused.status, refused.code) == (429, 30046)


async def test_a_message_keeps_its_new_components_for_good() -> None:
    async with open_discord() as server, calling(server) as caller:
        general = server.channel("general").id
        own = (await caller.post("general", {"content": "x"})).body["id"]
        path = f"/channels/{general}/messages/{own}"
        text = {"type": 10, "content": "y"}
        assert (await caller.ask("PATCH", path, {"flags": V2, "components": [text]})).errors("content")
        assert (await caller.ask("PATCH", path, {"flags": V2, "content": None, "components": [text]})).status == 200
        assert (await caller.ask("PATCH", path, {"flags": 0, "content": "back"})).errors("content")


async def test_the_same_nonce_is_the_same_message() -> None:
    async with open_discord() as server, calling(server) as caller:
        body = {"content": "x", "nonce": "n1", "enforce_nonce": True}
        first, second = await caller.post("general", body), await caller.post("general", body)
        assert first.body["id"] == second.body["id"]
        assert len(server.messages("general")) == 1
        server.skip_clock(600)
        await caller.post("general", body)
        assert len(server.messages("general")) == 2


async def test_an_edit_without_rules_pings_as_a_new_message_would() -> None:
    async with open_discord() as server, calling(server) as caller:
        text = f"{server.user('ada').mention} @everyone {server.guild.roles[0].mention} `{server.user('ivy').mention}`"
        own = (await caller.post("general", {"content": text, "allowed_mentions": {"parse": []}})).body["id"]
        [message] = server.messages("general")
        assert message.pings == set()
        await caller.ask("PATCH", f"/channels/{server.channel('general').id}/messages/{own}", {"content": text + "!"})
        assert message.pings == {"ada", "@everyone", "@Illustrators"}


async def test_a_link_to_a_file_runs_out() -> None:
    async with open_discord() as server, calling(server) as caller:
        url = (await caller.post("general", {}, files={"a.png": b"bytes"})).body["attachments"][0]["url"]
        async with caller.session.get(url) as response:
            assert await response.read() == b"bytes"
        async with caller.session.get(url.replace("hm=", "hm=0")) as response:
            assert response.status == 404
        server.skip_clock(2 * 24 * 60 * 60)
        async with caller.session.get(url) as response:
            assert response.status == 404


async def test_what_people_wrote_is_not_for_the_app_to_read() -> None:
    async with open_discord() as server, calling(server) as caller:
        general = server.channel("general").id
        plain = await server.say("ada", "general", "secret", attachments={"a.png": b"a"})
        meant = await server.say("ada", "general", f"{server.bot.mention} hello")
        bodies = [(await caller.ask("GET", f"/channels/{general}/messages/{each.id}")).body for each in (plain, meant)]
        assert [body["content"] for body in bodies] == ["", f"{server.bot.mention} hello"]
        assert bodies[0]["attachments"] == []
        assert (await caller.ask("GET", f"/channels/{server.channel('no-history').id}/messages/{plain.id}")).code == 50001


async def test_a_thread_in_which_nobody_writes_is_archived_and_opens_for_an_answer() -> None:
    async with open_discord() as server, calling(server) as caller:
        await caller.ask("PUT", f"/applications/{server.application_id}/commands", [{"name": "imagine", "description": "Draw"}])
        sketches = server.channel("sketches")
        own = (await caller.post("sketches", {"content": "x", "components": [row(BUTTON)]})).body["id"]
        server.skip_clock(sketches.archive_after * 60 + 1)
        assert sketches.archived
        assert (await caller.ask("PATCH", f"/channels/{sketches.id}/messages/{own}", {"content": "y"})).code == 50083
        pressed = await server.press("ada", server.messages("sketches")[0], "Go", wait=False)
        path = f"/interactions/{pressed.id}/{pressed.token}/callback"
        assert (await caller.ask("POST", path, {"type": 4, "data": {"content": "still here"}})).status == 204
        assert not sketches.archived


async def test_a_mention_pings_in_a_text_and_not_in_an_embed_or_in_code() -> None:
    async with open_discord() as server, calling(server) as caller:
        ada, ivy = server.user("ada").mention, server.user("ivy").mention
        await caller.post("general", {"embeds": [{"description": ada}], "content": f"```{ivy}```"})
        await caller.post("general", {"flags": V2, "components": [{"type": 17, "components": [{"type": 10, "content": ada}]}]})
        await caller.post("general", {"content": f"{ada} {ivy}", "allowed_mentions": {"users": [str(server.user("ivy").id)]}})
        assert [each.pings for each in server.messages("general")] == [set(), {"ada"}, {"ivy"}]


async def test_a_body_of_quite_another_shape_is_refused_and_not_tried_again() -> None:
    async with open_discord() as server, calling(server) as caller:
        for body in ({"content": "x", "embeds": ["no embed"]}, {"content": "x", "components": ["no component"]}, ["no message"]):
            assert (await caller.post("general", body)).code == 50035


async def test_the_bots_rights_in_a_server_are_told() -> None:
    async with open_discord() as server, calling(server) as caller:
        guilds = {each["name"]: int(each["permissions"]) for each in (await caller.ask("GET", "/users/@me/guilds")).body}
        assert guilds["Workshop"] == INVITED | MENTION_EVERYONE | USUAL
        assert guilds["Elsewhere"] == USUAL
