"""Slack: the whole of Limner in its channels, threads, direct messages and forms, for one workspace or for all that install the app.

What Slack delivers goes one way, what Limner says the other; they meet in the hub.

    platform.py     its life, and what the hub asks of it
    socket.py       Socket Mode: the line, supervised            http.py      signed requests, and the pages for installing
    listeners.py    what Bolt calls: acknowledge, hand over      desk.py      takes deeds, asks the hub, shows its answers
    inbound.py      payloads -> deeds -> invocations             replies.py   how an answer reaches the one who asked
    people.py       who somebody is: roles, zone, language       rooms.py     which place it is: private, thread, direct
    groups.py       user groups: who is in them, their names
    shelf.py        forms that wait for a click                  slips.py     what rides along in a view
    home.py         the page under the app's name                emoji.py     names of emoji, and the characters
    clients.py      the Web API, by workspace                    workspaces.py  installations, tokens encrypted
    whose.py        whose token a payload is for                 examine.py   what `limner doctor` asks
    manifest.py     the app's description

    posts.py        post, edit, whisper, thread, fetch           outbound.py  Message -> blocks (facts.py, buttons.py)
    voice.py        a message said as well as Slack takes it     gallery.py   pictures in a message (names.py: people in it)
    uploads.py      pictures become files (prints.py)            downloads.py files that people attached
    papers.py       documents become files to download
    calls.py        one call: paced, repeated, translated        pace.py      how often Slack may be called
    faults.py       error codes -> sentences                     search.py    a message that may have landed
    forms.py        Form <-> modal                               mrkdwn.py    escaping, both ways (shapes.py: JSON from outside)

Reasons:

- *Acknowledge first.* Slack waits three seconds. A deed is taken and acknowledged before anybody is asked anything; only a sent form
  waits for the hub, for 2.3 seconds, since a mistake belongs beside its field. A form that comes too late for its click waits on the
  shelf, behind a button.
- *Work belongs to the platform, not to the line.* It runs in the platform's own tasks, so many at a time. When the line drops, or an
  acknowledgement does not arrive, the answer is whispered all the same; when the bot stops, what is under way gets a few seconds.
- *The line is ours, the protocol is Bolt's.* See `socket.py` for what the SDK's client does not do.
- *The workspace is the key.* A Place names the workspace whose token posts there. On an Enterprise Grid the token may be the
  organisation's; which workspace belongs to it is noted when an event tells. People from elsewhere, in a shared channel, are counted
  under their own workspace.
- *Nobody is looked up without need.* A reaction on somebody else's message costs no call; names are kept for five minutes, threads as
  long as there is room. What cannot be looked up is a member, or a private place.
- *Several machines* open a line each, of which Slack takes ten, and it delivers everything over one of them. Any machine may tell about a
  job: tokens, installations and the files that pictures became are in the vault.
- *Threads* have no slash commands. There, mentions, buttons, reactions and the shortcuts of a message do the same, and stay in the
  thread.
"""

from adapters.platforms.slack.examine import examine
from adapters.platforms.slack.manifest import manifest
from adapters.platforms.slack.platform import Slack, open_slack
from adapters.platforms.slack.settings import SlackSettings
from bot.plugins import Plugin

PLUGIN = Plugin[SlackSettings, Slack](
    about="Slack",
    settings=SlackSettings,
    open=open_slack,
    configured=lambda settings: settings.complete,
    examine=examine,
    manifest=manifest,
)

__all__ = ["PLUGIN", "Slack", "SlackSettings", "open_slack"]
