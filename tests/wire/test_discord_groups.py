"""Roles and channels of a server: who is in which, how options are completed with them, how lines name them, and that no mention fires."""

import pytest

from bot.model import Action, Answer, CommandSpec, Kind, Message, Option, Picture
from tests.wire.discord.server import DiscordServer, open_discord
from tests.wire.discord_life import open_scene

SPEC = CommandSpec(
    name="allot",
    about="Money",
    options=(
        Option(name="whom", kind=Kind.SUBJECT, about="Whose", positional=True),
        Option(name="rate", kind=Kind.RATE, about="How much", positional=True),
        Option(name="over", kind=Kind.MONEY, about="How dear"),
        Option(name="alerts", kind=Kind.CHANNEL, about="Where to tell"),
    ),
)


def role(server: DiscordServer, name: str) -> str:
    return str(next(each for each in server.guild.roles if each.name == name).id)


def channel(server: DiscordServer, name: str) -> str:
    return str(server.channel(name).id)


async def test_roles_are_groups_however_somebody_speaks() -> None:
    async with open_scene() as scene:
        server = scene.server
        await server.slash("ivy", "general", "help")
        await server.say("ivy", "general", f"{server.bot.mention} help")
        await server.slash("ada", "general", "help")
        await server.direct("ivy", "help")
        heard = await scene.heard(4)
        assert [each.person.groups for each in heard] == [{role(server, "Illustrators")}] * 2 + [set(), set()]


async def test_a_role_that_was_taken_away_is_gone_with_the_next_word() -> None:
    async with open_scene() as scene:
        scene.server.guild.members[scene.server.user("ivy").id].roles.clear()
        await scene.server.slash("ivy", "general", "help")
        assert (await scene.heard())[0].person.groups == set()


@pytest.mark.parametrize(
    ("option", "typed", "shown"),
    [
        ("whom", "", ["@Admins (role)", "@Illustrators (role)", "#general"]),
        ("whom", "ill", ["@Illustrators (role)"]),
        ("whom", "#gen", ["#general"]),
        ("alerts", "gen", ["#general"]),
        ("alerts", "ill", []),
        ("rate", "ill", []),
    ],
)
async def test_options_are_completed_with_what_is_on_the_server(option: str, typed: str, shown: list[str]) -> None:
    async with open_scene(menu=[SPEC]) as scene:
        scene.hub.values = ["here"]
        choices = await scene.server.autocomplete("grace", "general", "allot", option, typed)
        names = [each["name"] for each in choices]
        assert names[-1] == "here"
        assert [name for name in names if name in shown] == shown
        marks = {"@Illustrators (role)": f"<@&{role(scene.server, 'Illustrators')}>", "#general": f"<#{channel(scene.server, 'general')}>"}
        assert all(each["value"] == marks.get(each["name"], each["value"]) for each in choices)


async def test_nobody_is_offered_a_channel_that_they_do_not_see() -> None:
    async with open_scene(menu=[SPEC]) as scene:
        server = scene.server
        server.channel("grown-ups").overwrites[server.guild.id] = (0, 1 << 10)
        server.world.gateway.dispatch("CHANNEL_UPDATE", server.channel("grown-ups").payload(), guild_id=server.guild.id, intent=0)
        for person, seen in (("ada", False), ("grace", True)):
            choices = await server.autocomplete(person, "general", "allot", "alerts", "grown")
            assert bool(choices) is seen


async def test_what_is_chosen_picked_or_typed_arrives_as_a_mark() -> None:
    async with open_scene(menu=[SPEC]) as scene:
        server = scene.server
        illustrators, general = role(server, "Illustrators"), channel(server, "general")
        named = f"<@&{illustrators}|Illustrators>"
        for typed in (f"<@&{illustrators}>", "@illustrators"):
            await server.slash("grace", "general", "allot", {"whom": typed, "alerts": "#general", "over": 2.5})
        await server.slash("grace", "general", "allot", {"whom": f"<@&{server.guild.id}>", "alerts": "#far"})
        await server.say("grace", "general", f"{server.bot.mention} allot @illustrators 5/day --alerts #general")
        first, second, third, said = await scene.heard(4)
        assert first.options == {"whom": named, "alerts": f"<#{general}|general>", "over": 2.5}
        assert second.options == {"whom": named.replace("I", "i", 1), "alerts": f"<#{general}|general>", "over": 2.5}
        assert third.options == {"whom": "@everyone", "alerts": "#far"}
        assert said.line == f"allot <@&{illustrators}|illustrators> 5/day --alerts <#{general}|general>"


async def test_a_name_of_several_words_is_one_word_of_a_line() -> None:
    async with open_scene() as scene:
        server = scene.server
        next(each for each in server.guild.roles if each.name == "Illustrators").name = "Design Team"
        found = role(server, "Design Team")
        server.world.gateway.dispatch(
            "GUILD_ROLE_UPDATE",
            {"guild_id": str(server.guild.id), "role": next(each.payload for each in server.guild.roles if str(each.id) == found)},
            guild_id=server.guild.id,
            intent=0,
        )
        await server.say("grace", "general", f"{server.bot.mention} quota <@&{found}> 5/day")
        assert (await scene.heard())[0].line == f"quota <@&{found}|Design_Team> 5/day"


async def test_marks_are_shown_by_name_everywhere_and_ring_nobody() -> None:
    async with open_discord() as server, open_scene(server=server) as scene:
        said = f"<@&{role(server, 'Illustrators')}> in <#{channel(server, 'general')}> by {server.user('ada').mention}"
        key = scene.shelf.keep("image/2026/11/fox.png")
        message = Message(
            text=said,
            title=said,
            body=said,
            fields=(("Who", said),),
            pictures=(Picture(key=key, original=key, alt=said, width=64, height=64),),
            actions=(Action(label=f"Tell <#{channel(server, 'general')}>", line="help"),),
        )
        scene.hub.says(Answer(whisper=message))
        shown = await server.slash("grace", "general", "help")
        seen = await scene.seen(lambda: shown.message if shown.message and not shown.message.loading else None)
        assert seen.pings == set()
        assert said in seen.prose
        assert seen.attachments[0].description == "@Illustrators in #general by somebody"
        assert [button.label for button in seen.buttons] == ["Tell #general"]
