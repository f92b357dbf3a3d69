"""Faces: an avatar of initials for a person, and Limner's own mark for the bot. Simple shapes, nobody's picture."""

from pathlib import Path

from tests.wire.view.markup import Html, element, inlined

_MARK = Path(__file__).parents[3] / "adapters" / "platforms" / "playground" / "static" / "mark.svg"
_COLOURS = ("#2f7d5b", "#8a4fbf", "#c2571a", "#2b6cb0", "#b0305f", "#5b6b1f")


def avatar(user: str, name: str) -> Html:
    """A face for decoration: the name beside it says who it is."""
    if "limner" in (user.lower(), name.lower()):
        return element("img", src=inlined(_MARK.read_bytes(), "image/svg+xml"), alt="", class_="avatar")
    colour = _COLOURS[sum(map(ord, name or user)) % len(_COLOURS)]
    return element("span", (name or user)[:1].upper(), class_="avatar", style=f"background: {colour}", aria_hidden="true")
