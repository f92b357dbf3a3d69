"""Words: how a prompt becomes a scene. What its words do not decide is decided by their hash, so every prompt gives something."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from adapters.providers.sketch.canvas import Colour
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.scene import Scene, Subject
from adapters.providers.sketch.vocabulary import (
    COLOURS,
    FEATURES,
    FIGURES,
    FOREIGN,
    HOMES,
    PLACES,
    SEASONS,
    STYLES,
    TIMES,
    UNWANTED,
    WEATHERS,
)

_NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "couple": 2,
    "pair": 2,
    "several": 4,
    "many": 6,
    "flock": 7,
    "herd": 5,
    "school": 7,
}
_LETTERS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TINTS = 3
_SUBJECTS = 4


def read(prompt: str, negative: str, style: str, dice: Dice) -> Scene:
    """The scene of a prompt. The words alone decide the place, so that another seed stays with the subject; `dice` decides the hour."""
    words = split(prompt)
    terms = _terms(words)
    absent = frozenset(UNWANTED[term] for term in _terms(split(negative)) if term in UNWANTED)
    places = _found(terms, PLACES)
    times = _found(terms, TIMES)
    weathers = set(_found(terms, WEATHERS)) - absent
    seasons = _found(terms, SEASONS)
    features = set(_found(terms, FEATURES)) - absent
    subjects, used = _subjects(words, absent)
    named = " ".join(words)
    tints = tuple(COLOURS[word] for i, word in enumerate(words) if word in COLOURS and i not in used and not _thing(word, named))[:_TINTS]
    place = _place(
        places,
        subjects,
        weathers,
        features,
        seasons,
        known=bool(times or weathers or seasons or tints),
        dice=Dice("place", *words) if words else Dice("place", prompt),
    )
    time = _time(times, place, weathers, dice.fork("time"))
    styles = _found(_terms(split(style)), STYLES) or _found(terms, STYLES)
    return Scene(
        place=place,
        time=time,
        weather=frozenset(weathers),
        season=seasons[0] if seasons else "winter" if place == "snowfield" else "",
        subjects=subjects,
        features=frozenset(features),
        tints=tints,
        absent=absent,
        style=styles[0] if styles else "",
        essence=" ".join(words) or prompt,
    )


def _thing(word: str, named: str) -> bool:
    """Whether a colour's word is not a colour here: the golden hour, a coral reef, a rose."""
    return (
        (word == "golden" and "golden hour" in named)
        or (word == "coral" and "reef" in named)
        or (word in {"rose", "lavender", "salmon", "peach", "lemon"} and (word in FEATURES or word in PLACES or word in FIGURES))
    )


def split(text: str) -> list[str]:
    """The words of a text in lower case: emoji by their names, other scripts by the words we know in them."""
    words: list[str] = []
    spelled = "".join(_named(sign) for sign in unicodedata.normalize("NFKC", text))
    for match in _LETTERS.findall(spelled.lower()):
        if match in FOREIGN:
            words.append(FOREIGN[match])
        elif match.isascii():
            words.append(match)
        else:
            words.extend((_within(match) if _dense(match) else []) or [match])
    return words


def _named(sign: str) -> str:
    if unicodedata.category(sign) != "So":
        return sign
    name = unicodedata.name(sign, "").lower()
    return f" {name.removesuffix(' face').removesuffix(' sign').replace('water wave', 'wave')} "


def _within(word: str) -> list[str]:
    """The words we know inside a run of letters, the longest first, none twice."""
    found: list[str] = []
    i = 0
    while i < len(word):
        size = next((n for n in (6, 5, 4, 3, 2, 1) if word[i : i + n] in FOREIGN), 0)
        if size:
            found.append(FOREIGN[word[i : i + size]])
        i += max(1, size)
    return found


def _dense(word: str) -> bool:
    """Whether a word is of a script that writes without spaces, or glues the article to the noun."""
    return any("\u3040" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af" or "\u0600" <= sign <= "\u06ff" for sign in word)


def _terms(words: Sequence[str]) -> list[str]:
    """Runs of three, two and one words, in reading order; plurals also in the singular."""
    found: list[str] = []
    for i, word in enumerate(words):
        found.extend(" ".join(words[i : i + n]) for n in (3, 2) if i + n <= len(words))
        found.append(word)
        single = singular(word)
        if single != word:
            found.append(single)
    return found


def singular(word: str) -> str:
    """A guess at the singular, for looking it up."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _found(terms: Sequence[str], table: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(table[term] for term in terms if term in table))


def _subjects(words: Sequence[str], absent: frozenset[str]) -> tuple[tuple[Subject, ...], set[int]]:
    """Figures in reading order, each with the colour and the number said just before it; and which words were used up."""
    found: dict[str, Subject] = {}
    used: set[int] = set()
    for i, word in enumerate(words):
        name = FIGURES.get(word) or FIGURES.get(singular(word))
        if name is None or name in found or _unwanted(name, absent):
            continue
        tone: Colour | None = None
        count = 3 if singular(word) != word else 1
        for back in range(max(0, i - 3), i):
            if words[back] in COLOURS and not any(
                words[k] in FIGURES or words[k] in PLACES or words[k] in {"and", "in", "on", "with", "under"} for k in range(back + 1, i)
            ):
                tone = COLOURS[words[back]]
                used.add(back)
            count = _NUMBERS.get(words[back], int(words[back]) if words[back].isdecimal() and len(words[back]) == 1 else count)
        found[name] = Subject(name=name, colour=tone, count=max(1, min(7, count)))
    if "palm" in found:
        found.pop("tree", None)
    return tuple(found.values())[:_SUBJECTS], used


_ANIMALS = frozenset(
    [
        "fox",
        "cat",
        "dog",
        "wolf",
        "rabbit",
        "bear",
        "deer",
        "horse",
        "owl",
        "penguin",
        "whale",
        "dolphin",
        "shark",
        "fish",
        "jellyfish",
        "turtle",
        "butterfly",
        "elephant",
        "camel",
        "giraffe",
        "dragon",
    ]
)
_BUILT = frozenset({"house", "castle", "windmill", "church", "lighthouse"})


def _unwanted(name: str, absent: frozenset[str]) -> bool:
    return (
        (name in _ANIMALS and "animals" in absent)
        or (name == "person" and "people" in absent)
        or (name == "bird" and bool({"birds", "animals"} & absent))
        or (name == "boat" and "boats" in absent)
        or (name in {"tree", "pine", "palm"} and "trees" in absent)
        or (name == "flower" and "flowers" in absent)
        or (name == "planet" and "planets" in absent)
        or (name in _BUILT and "houses" in absent)
    )


def _place(
    places: list[str], subjects: tuple[Subject, ...], weathers: set[str], features: set[str], seasons: list[str], *, known: bool, dice: Dice
) -> str:
    if places:
        # The first word of the list that stands above the others: a window over the city is a window.
        order = ("abstract", "window", "underwater", "space", "portrait", "still life", "lake", "river", "island")
        return next((place for place in order if place in places), places[0])
    home = next((HOMES[subject.name] for subject in subjects if subject.name in HOMES), "")
    winter = bool({"winter", "snow"} & {*seasons, *weathers})
    if home:
        return "snowfield" if home == "meadow" and winter else home
    if not known and not features:
        return dice.pick(("abstract", "abstract", "abstract", "mountains", "sea", "lake", "space", "meadow", "forest"))
    if winter:
        return dice.pick(("mountains", "forest", "snowfield"))
    if "storm" in weathers:
        return "sea"
    return "meadow" if features else dice.pick(("mountains", "meadow", "sea", "lake", "forest"))


def _time(times: list[str], place: str, weathers: set[str], dice: Dice) -> str:
    if times:
        # "sunset" says more than "bright", and a night of any kind is a night.
        return "night" if "night" in times and "dusk" not in times else times[0]
    if "aurora" in weathers:
        return "night"
    if place == "city":
        return dice.pick(("night", "dusk", "golden", "night"))
    if "storm" in weathers:
        return dice.pick(("dusk", "noon"))
    return dice.pick(("dawn", "morning", "noon", "golden", "golden", "sunset", "dusk"))
