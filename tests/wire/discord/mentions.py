"""Whom a text pings, under the rules that come with it."""

import re

from tests.wire.discord.faults import Json, items
from tests.wire.discord.messages import Message
from tests.wire.discord.permissions import MENTION_EVERYONE, allowed


def mentioned(message: Message, rules: Json | None, *, webhook: bool) -> None:
    """Reads a text for mentions, and notes whom it pings under these `allowed_mentions`.

    Without rules a bot's message may ping everything, an answer to an interaction only people. What stands in code pings nobody.
    """
    text = re.sub(r"```.*?```|`[^`\n]+`", "", message.prose, flags=re.DOTALL)
    rules = rules if rules is not None else {"parse": ["users"] if webhook else ["users", "roles", "everyone"], "replied_user": True}
    parse: list[str] = items(rules, "parse")
    guild = message.channel.guild
    users = (
        {user.id: user for user in (each.user for each in guild.members.values())}
        if guild
        else {u.id: u for u in message.channel.recipients}
    )
    message.mentions = [users[int(each)] for each in dict.fromkeys(re.findall(r"<@!?(\d+)>", text)) if int(each) in users]
    named = [str(each) for each in items(rules, "users")]
    message.pings |= {user.name for user in message.mentions if "users" in parse or str(user.id) in named}
    if message.reply_to and rules.get("replied_user", False):
        message.pings.add(message.reply_to.author.name)
        message.mentions += [message.reply_to.author] if message.reply_to.author not in message.mentions else []
    if guild is None:
        return
    everyone = bool(allowed(message.author, message.channel) & MENTION_EVERYONE)
    for role in guild.roles:
        may = "roles" in parse or str(role.id) in [str(each) for each in items(rules, "roles")]
        if role.mention in text and may and (role.mentionable or everyone):
            message.pings.add(f"@{role.name}")
    message.pings |= {each for each in re.findall(r"@everyone|@here", text) if "everyone" in parse and everyone}
