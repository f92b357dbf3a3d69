"""The people and channels of a small workspace: who is an admin, who is a guest, where the bot is and where it is not."""

from tests.wire.slack.nouns import Channel, Group, Team, User


def settle_team(team_id: str, *, enterprise_id: str | None = None, bot_token: str = "", installed: bool = True) -> Team:
    """A workspace with everybody in it; ids are made of the team's id and the name, so that two workspaces share none."""
    key = team_id.removeprefix("T")
    bot = User(id=f"U{key}BOT", name="limner", team_id=team_id, bot=True)
    team = Team(
        id=team_id,
        name=team_id.lower(),
        bot=bot,
        bot_id=f"B{key}",
        bot_token=bot_token or f"xoxb-{key.lower()}-token",
        enterprise_id=enterprise_id,
        state="live" if installed else "absent",
    )
    people = [
        bot,
        User(id=f"U{key}GRACE", name="grace", team_id=team_id, admin=True, owner=True),
        User(id=f"U{key}ADA", name="ada", team_id=team_id, locale="de-DE", tz="Europe/Berlin"),
        User(id=f"U{key}IVY", name="ivy", team_id=team_id),
        User(id=f"U{key}GUEST", name="guest", team_id=team_id, restricted=True, ultra_restricted=True),
        User(id=f"U{key}STRANGER", name="stranger", team_id="T0ELSEWHERE", stranger=True),
        User(id=f"U{key}OTHERBOT", name="otherbot", team_id=team_id, bot=True),
    ]
    team.users = {user.id: user for user in people}
    guest = f"U{key}GUEST"
    everybody = {user.id for user in people if not user.stranger} - {guest}
    without = everybody - {bot.id}
    channels = [
        Channel(id=f"C{key}GENERAL", name="general", team_id=team_id, members=everybody | {guest}),
        Channel(id=f"C{key}DESIGN", name="design", team_id=team_id, members=set(without)),
        Channel(id=f"C{key}SECRET", name="secret", team_id=team_id, kind="private", members=set(everybody)),
        Channel(id=f"C{key}CLOSED", name="closed", team_id=team_id, kind="private", members=set(without)),
        Channel(id=f"C{key}OLD", name="old", team_id=team_id, archived=True, members=set(everybody)),
        Channel(id=f"G{key}GROUP", name="mpim", team_id=team_id, kind="mpim", members={bot.id, f"U{key}GRACE", f"U{key}ADA"}),
        Channel(id=f"C{key}PARTNERS", name="partners", team_id=team_id, shared=True, members=everybody | {f"U{key}STRANGER"}),
    ]
    channels += [settle_direct(team, user) for user in people if not user.bot]
    team.channels = {channel.id: channel for channel in channels}
    groups = [
        Group(id=f"S{key}ADMINS", handle="limner-admins", users=[f"U{key}IVY"]),
        Group(id=f"S{key}DESIGN", handle="designers", users=[f"U{key}ADA", f"U{key}IVY"]),
    ]
    team.groups = {group.id: group for group in groups}
    return team


def settle_direct(team: Team, user: User) -> Channel:
    """The direct conversation of a person and the bot; its name is `@` and the person's."""
    key = user.id.removeprefix("U")
    return Channel(id=f"D{key}", name=f"@{user.name}", team_id=team.id, kind="im", members={user.id, team.bot.id})
