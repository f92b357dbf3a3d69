"""The playground: a whole chat in the browser, so that a person can use Limner without an account anywhere.

It is a ChatPlatform like the others and plays the vendor's part too: it keeps what was said, counts what was read, and never forgets
a post's key.

    cast.py        who is there, and in which channels
    platform.py    its life, and what the hub asks of it (post, edit, whisper, thread, fetch)
    room.py        changes the history and tells everybody who sees the change
    history.py     what was said (database.py: the file it is kept in; uploads.py: attached pictures)
    reading.py     how far everybody has read
    live.py        who is looking, and what they have not been told yet
    outbound.py    Message -> JSON, kept or only shown
    inbound.py     JSON -> what somebody did; a typed text -> a line for the hub
    desk.py        takes what people do, once each, and asks the hub; a message's menu and the home page too
    switchboard.py the WebSocket of each open tab
    pages.py       the HTML, its files and uploads (guard.py: who may reach them)
    static/        the page itself: hand-written HTML, CSS and ES modules; no build, no network

Reasons:

- *One WebSocket, one number.* Every change to a message has a number that only grows. A browser that was away says the last number it
  saw and gets what changed since, each message once, in its newest state. Deeds go the other way with an id made in the browser and are
  sent until acknowledged.
- *Whole messages, not differences.* A message is small; a browser that missed a difference would be wrong for ever.
- *Bursts are merged.* However often a card is redrawn, a browser hears of it at most a dozen times a second, and draws it once a frame.
- *Text is text.* The page has no `innerHTML`; the Content-Security-Policy forbids inline scripts and styles as well.
- *No sign-in.* One acts as whoever one likes. So only this machine may look in, unless `PLAYGROUND_OPEN` is set.
"""

from adapters.platforms.playground.platform import Playground, PlaygroundSettings, open_playground
from bot.plugins import Plugin

PLUGIN = Plugin[PlaygroundSettings, Playground](
    about="A chat in the browser, for trying Limner out",
    settings=PlaygroundSettings,
    open=open_playground,
)

__all__ = ["PLUGIN", "Playground", "PlaygroundSettings", "open_playground"]
