"""Home: the page under the app's name: how to use it, quota, recent images, favourites; made anew each time it is opened."""

import structlog

from adapters.platforms.slack.people import People
from adapters.platforms.slack.posts import Posts
from adapters.platforms.slack.rooms import Rooms
from adapters.platforms.slack.shapes import JSON, mapping, text
from adapters.platforms.slack.slips import PLATFORM, Slip
from adapters.platforms.slack.whose import Body, workspace_of
from bot.errors import PlatformFault
from bot.model import Place
from bot.ports import Hub

log = structlog.get_logger()


class Home:
    """Publishes pages. Raises PlatformFault."""

    def __init__(self, *, hub: Hub, posts: Posts, people: People, rooms: Rooms) -> None:
        self._hub = hub
        self._posts = posts
        self._people = people
        self._rooms = rooms

    async def show(self, body: Body) -> None:
        """Publish the page of whoever opened it. Its buttons act in their direct conversation with the bot."""
        event = mapping(body.get("event"))
        user, workspace, channel = text(event.get("user")), workspace_of(body), text(event.get("channel"))
        if not user:
            return
        if channel:
            self._rooms.met(workspace, user, channel)
        if event.get("tab") != "home":
            return
        place = Place(platform=PLATFORM, workspace=workspace, channel=channel, direct=True, private=True)
        if not channel:
            place = await self._rooms.settle(place, user, vague=False)
        person = (await self._people.of(workspace, user)).person
        sections = await self._hub.home(person, place)
        try:
            await self._publish(workspace, user, place, await self._posts.home(workspace, sections))
        except PlatformFault as fault:
            # A page without its pictures is worth more than none.
            log.info("slack did not take a home page", reason=fault.sentence)
            await self._publish(workspace, user, place, await self._posts.home(workspace, sections, pictures=False))

    async def _publish(self, workspace: str, user: str, place: Place, view: JSON) -> None:
        slip = Slip(line="", place=place).write()
        await self._posts.calls.call(workspace, "views.publish", {"user_id": user, "view": {**view, "private_metadata": slip}})
