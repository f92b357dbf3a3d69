"""The light of a scene: the colours of sky, sun, shade and haze that a time of day, a weather and the tints of the prompt give."""

from dataclasses import dataclass, replace

from adapters.providers.sketch.canvas import Colour, colour, luma, mix, scale
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Light:
    """Colours are what the eye would see; `sun` and `shade` multiply the colour of what they fall on."""

    sky: tuple[Colour, Colour, Colour, Colour]
    """From the zenith to the horizon."""
    sun: Colour
    """Direct light."""
    shade: Colour
    """Light from everywhere else."""
    haze: Colour
    """What distance fades into."""
    disc: Colour
    """The sun's or moon's own colour."""
    x: float
    """Where the sun or moon stands, as a share of the width."""
    height: float
    """How far above the horizon, as a share of the sky: 0 to 1."""
    night: bool
    stars: float
    """How many stars show, 0 to 1."""
    haziness: float
    """How soon distance fades, about 1."""
    glow: float
    """How far the sun spreads in the air, about 1."""
    overcast: float
    """How much of the sky is cloud, 0 to 1."""


# time of day -> palettes: zenith, upper, lower, horizon, sunlight, shade, haze, disc
_PALETTES: dict[str, tuple[str, ...]] = {
    "dawn": (
        "2c3f6e 7378a6 e0a3a0 ffd9ae ffcfa0 6d74a0 e6b9ab fff0cf",
        "27335f 8a6f9e f0a58e ffe0a6 ffc79a 6a6a9a eeb9a0 fff2d0",
        "3c5a80 8fa3bb f2c3a7 ffe8c4 ffdcb4 7583a6 e9cdb8 fff6e0",
    ),
    "morning": ("3f82c4 82b7df c9e2ea f8efd6 ffeccd 7d97b8 cfe0e4 fff9e6", "4a8fb8 93c4d6 d5e8e2 fbf1d4 ffefcb 7f9cae d6e4de fffbe8"),
    "noon": ("1f66b4 4e97d8 9ccbee dcefF7 fff6e2 86a4c8 c3ddee fffdf2", "2a74b8 63a8dc acd6ef e4f3f5 fff6e0 8ca9c6 cde3ee fffdf0"),
    "golden": (
        "466fa4 9aa7b4 efc084 ffe2a2 ffc67a 6f7597 e9bf8f fff1c0",
        "5a7aa0 b4a99f f5b76c ffd88a ffba68 71708c edb680 ffeeb8",
        "3f6d97 8fb0b4 f0cf98 fff0b8 ffd28a 6b7d93 ead0a2 fff6cc",
    ),
    "sunset": (
        "2b2a5c 7a406f e8694a ffc35e ff9a5c 5a4a78 e58a63 ffeaa0",
        "1f2a56 5e4a86 d9647e ffb27a ff9d78 554a80 d98a86 ffe3b8",
        "32305f 94496a f47f45 ffd06a ff9f56 5c4d78 ee9a63 fff0aa",
    ),
    "dusk": ("141c42 34396f 80598a e2957f c98f92 4c5086 8d7395 ffd9b8", "101b3d 2c4273 6a6d9c d9a08f b894a0 465288 8a83a4 ffe0c8"),
    "night": (
        "050a1e 0c1a40 1b3564 3b5e88 8fb0e6 2c4170 3a5a88 f4f3e4",
        "060819 121640 28306c 4c5790 9aaaea 303a70 464f8c f6f0e6",
        "04101c 0a2438 16445a 35707c 8fd0dc 264e62 35687a eef6ea",
    ),
}
_WHERE = {
    "dawn": (0.04, 0.16),
    "morning": (0.45, 0.7),
    "noon": (0.75, 0.95),
    "golden": (0.1, 0.26),
    "sunset": (0.0, 0.1),
    "dusk": (-0.12, -0.04),
    "night": (0.45, 0.8),
}
_STARS = {"dusk": 0.35, "night": 1.0, "dawn": 0.12}


def light_of(scene: Scene, dice: Dice) -> Light:
    """The light that falls on a scene."""
    words = dice.pick(_PALETTES[scene.time]).split()
    zenith, upper, lower, horizon, sun, shade, haze, disc = (colour(word) for word in words)
    low, high = _WHERE[scene.time]
    side = dice.between(0.16, 0.36)
    found = Light(
        sky=(zenith, upper, lower, horizon),
        sun=sun,
        shade=shade,
        haze=haze,
        disc=disc,
        x=side if dice.chance(0.5) else 1 - side,
        height=dice.between(low, high),
        night=scene.time == "night",
        stars=_STARS.get(scene.time, 0.0),
        haziness=1.0,
        glow=1.0,
        overcast=dice.between(0.25, 0.5),
    )
    return _tinted(_weathered(found, scene), scene)


def _weathered(light: Light, scene: Scene) -> Light:
    if scene.has("storm"):
        light = replace(_greyed(light, "2c3640", 0.72, 0.62), overcast=0.95, haziness=1.5, stars=0.0)
    elif scene.has("rain"):
        light = replace(_greyed(light, "64717e", 0.6, 0.74), overcast=0.85, haziness=1.7, stars=light.stars * 0.1)
    elif scene.has("snow"):
        light = replace(_greyed(light, "b4bfcc", 0.34, 0.95), overcast=0.6, haziness=1.5, stars=light.stars * 0.3)
    elif scene.has("fog"):
        light = replace(_greyed(light, "c3c9c9", 0.42, 0.94), overcast=0.5, haziness=3.4, glow=1.5, stars=light.stars * 0.2)
    elif scene.has("overcast"):
        light = replace(_greyed(light, "97a0a8", 0.55, 0.88), overcast=0.9, haziness=1.3, stars=0.0)
    elif scene.has("clouds"):
        light = replace(light, overcast=0.72)
    elif scene.has("clear"):
        light = replace(light, overcast=0.1)
    if scene.lacks("clouds"):
        light = replace(light, overcast=0.0)
    if scene.lacks("stars"):
        light = replace(light, stars=0.0)
    return light


def _greyed(light: Light, grey: str, share: float, level: float) -> Light:
    """Cloud light: everything goes towards a grey that is as bright as the hour lets it be."""
    base = colour(grey)
    bright = max(0.16, luma(light.sky[2])) / 0.7
    base = scale(base, min(1.15, bright) if not light.night else 0.42)
    zenith, upper, lower, horizon = (scale(mix(tone, base, share), level) for tone in light.sky)
    return replace(
        light,
        sky=(zenith, upper, lower, mix(horizon, light.sky[3], 0.25 * (1 - share))),
        sun=mix(light.sun, scale((1, 1, 1), luma(light.sun) * 0.8), share * 0.7),
        shade=mix(light.shade, base, share * 0.5),
        haze=mix(light.haze, mix(base, horizon, 0.4), share),
    )


def _tinted(light: Light, scene: Scene) -> Light:
    if not scene.tints:
        return light
    first = scene.tints[0]
    second = scene.tints[-1]

    def lean(tone: Colour, towards: Colour, share: float) -> Colour:
        # The tint keeps the brightness of what it tints, so that a teal night stays a night.
        level = luma(tone) / max(0.08, luma(towards))
        return mix(tone, scale(towards, min(1.6, level)), share)

    zenith, upper, lower, horizon = light.sky
    return replace(
        light,
        sky=(lean(zenith, first, 0.6), lean(upper, first, 0.6), lean(lower, mix(first, second, 0.5), 0.5), lean(horizon, second, 0.45)),
        sun=lean(light.sun, second, 0.3),
        shade=lean(light.shade, first, 0.45),
        haze=lean(light.haze, mix(first, second, 0.5), 0.5),
    )
