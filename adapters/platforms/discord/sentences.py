"""Sentences: what this platform itself has to say; everything else comes from the hub."""

from collections.abc import Sequence

from bot.model import Message, Tone

BUSY = Message(
    text="Too much is going on right now. Nothing was counted; try again in a minute.",
    body="Too much is going on right now. Nothing was counted; try again in a minute.",
    tone=Tone.WARNING,
)
BROKEN = Message(
    text="Something broke while I took this. Nothing was counted; try it again.",
    body="Something broke while I took this. Nothing was counted; try it again.",
    tone=Tone.BAD,
)
STALE = Message(
    text="This form is not open any more. Begin it again where it came from.",
    body="This form is not open any more. Begin it again where it came from.",
    tone=Tone.WARNING,
)
UPDATED = Message(
    text="This command is from another version of Limner. Reload Discord (Ctrl+R) and try again.",
    body="This command is from another version of Limner. Reload Discord (Ctrl+R) and try again.",
    tone=Tone.WARNING,
)
READY = Message(text="The form is ready.", body="The form is ready.")
CLOSED = (
    "I have an answer that only you should see, and you take no direct messages from me. "
    "Allow them in the server's privacy settings, or use the command: its answers are seen by you alone."
)


def lacks(names: Sequence[str]) -> Message:
    """What is said where permissions are missing, by their names."""
    sentence = f"I could not show the images here: I lack {', '.join(names)}. An admin can give it to me in the channel's settings."
    return Message(text=sentence, title="Nothing was drawn", body=sentence, tone=Tone.WARNING)
