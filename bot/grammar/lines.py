"""Lines: whole commands read, checked and written."""

import difflib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.errors import Misunderstood
from bot.grammar import values as kinds
from bot.grammar.marks import spell_out
from bot.grammar.words import Word, escape, is_quotable, scan, squeeze, unquote
from bot.model import CommandSpec, Kind, Option, Value

# Kinds whose value is any number of words; all others take one, or several in quotes.
_WORDY = {Kind.TEXT}
# Kinds whose values look like nothing else, so that what stands before them may be left out.
_TELLING = {Kind.PERSON, Kind.SUBJECT, Kind.CHANNEL, Kind.RATE, Kind.AMOUNT, Kind.MONEY, Kind.SPAN}


def split(line: str) -> tuple[str, str]:
    """A line's command name in lower case, and the rest as it stands. A leading slash is optional.

    An empty line has an empty name.
    """
    words = line.strip().removeprefix("/").split(maxsplit=1)
    return (squeeze(words[0]).lower() if words else "", words[1] if len(words) > 1 else "")


def parse(text: str, spec: CommandSpec) -> dict[str, Value]:
    """The options in what follows a command's name, typed and checked, by option name.

    Raises:
        Misunderstood: with the whole line that would have worked.
    """
    reading = _Reading(spec)
    reading.take(scan(text, _by_flag(spec)))
    return reading.result()


def check(options: Mapping[str, Value], spec: CommandSpec, *, beside: Mapping[str, Value] = MappingProxyType({})) -> dict[str, Value]:
    """Typed options, as a platform or a form gives them, by the rules and in the sentences of `parse`.

    Numbers may come as text. An empty text and a flag that is False are options that were not given. `beside` is what is known already
    (a form's job, say): it is not checked and not given back, but it belongs into a repaired line.

    Raises:
        Misunderstood: with the whole line that would have worked.
    """
    reading = _Reading(spec, beside)
    for name, raw in options.items():
        option = _by_flag(spec).get(_flag(name))
        if option is None:
            reading.fail(f'/{spec.name} has no option called "{_cut(name)}".', advice=_known(spec))
        elif raw is not False and squeeze(str(raw)):
            reading.give(option, raw)
    return reading.result()


def write(spec: CommandSpec, values: Mapping[str, Value]) -> str:
    """The line, without a slash, that somebody could have typed for these values. Pictures are never typed, and left out."""
    typed = {
        option: values[option.name]
        for option in spec.options
        if option.kind is not Kind.IMAGE and values.get(option.name, False) is not False and squeeze(str(values[option.name]))
    }
    wanted = {option.name: kinds.read(option, value) for option, value in typed.items()}
    line = _write(spec, typed, guarded=False)
    reading = _Reading(spec)
    reading.take(scan(split(line)[1], _by_flag(spec)))
    return line if reading.values == wanted else _write(spec, typed, guarded=True)


def usage(spec: CommandSpec) -> str:
    """One line, without a slash, that shows how the command is typed: `imagine [prompt] [--ar 16:9] [--count 1-10]`."""
    parts = [spec.name]
    for option in spec.options:
        if option.kind is Kind.IMAGE:
            continue
        if option.positional:
            shown = "|".join(option.choices) or option.name
            parts.append(f"<{shown}>" if option.required else f"[{shown}]")
        else:
            shown = f"--{_flag(option.name)} {kinds.hint(option)}".strip()
            parts.append(shown if option.required else f"[{shown}]")
    return " ".join(parts)


class _Reading:
    """One line being read: the values so far, each of them legal, and what was wrong."""

    def __init__(self, spec: CommandSpec, beside: Mapping[str, Value] = MappingProxyType({})) -> None:
        self.spec = spec
        self.beside = beside
        self.values: dict[str, Value] = {}
        self.problems: list[tuple[str, str, str]] = []

    def fail(self, sentence: str, *, advice: str = "", option: str = "") -> None:
        self.problems.append((sentence, advice, option))

    def result(self) -> dict[str, Value]:
        self._require()
        if not self.problems:
            return self.values
        sentences = list(dict.fromkeys(sentence for sentence, _, _ in self.problems))
        advice = next((advice for _, advice, _ in self.problems if advice), "")
        option = next((option for _, _, option in self.problems if option), "")
        line = write(self.spec, {**self.beside, **self._wordless(), **self.values}) if not self._missing() else self.spec.example
        raise Misunderstood(" ".join(sentences[:3]), advice=advice or "This line works:", line=line, option=option)

    def _wordless(self) -> dict[str, Value]:
        """Words for a line that has none, where nothing else says what it is about: without them, the repaired line would not work."""
        if self.beside or any(option.required for option in self.spec.options):
            return {}
        return {option.name: option.example for option in self.spec.options if option.rest and option.example}

    def take(self, words: Sequence[Word]) -> None:
        """Read words: first the flags, wherever they stand, then what is left by position."""
        loose: list[Word] = []
        at = 0
        while at < len(words):
            if not words[at].flag:
                loose.append(words[at])
                at += 1
                continue
            end = next((later for later in range(at + 1, len(words)) if words[later].flag), len(words))
            at = self._take_flag(words[at], words[at + 1 : end], at + 1, alone=not loose)
        self._take_positional(loose)

    def give(self, option: Option, raw: Value) -> None:
        """Keep a value, or the nearest legal one and a sentence."""
        value = kinds.read(option, raw)
        if value is None:
            self._refuse(option, raw)
            return
        if option.kind is Kind.TEXT and isinstance(value, str) and len(value) > kinds.longest(option):
            most = kinds.longest(option)
            self.fail(
                f"{_subject(option)} may have {most:,} characters; yours has {len(value):,}.",
                advice="Shortened, this line works:",
                option=option.name,
            )
            value = squeeze(value[:most].rpartition(" ")[0] or value[:most])
        if value is False:
            return
        before = self.values.get(option.name)
        if before is not None and before != value:
            first, second = _cut(kinds.show(option, before)), _cut(kinds.show(option, value))
            self.fail(f'{_subject(option)} is there twice: "{first}" and "{second}".', advice="Give it once, as in this line:")
            if option.kind is Kind.TEXT:
                value = squeeze(f"{before}, {value}"[: kinds.longest(option)])
        self.values[option.name] = value

    def _refuse(self, option: Option, raw: Value) -> None:
        reason = kinds.explain(option, raw)
        sentence = f'{_subject(option)} takes {kinds.takes(option)}; you wrote "{_cut(str(raw))}".'
        self.fail(f"{sentence} {reason}".strip(), option=option.name)
        mended = kinds.repair(option, raw)
        if mended is not None and option.name not in self.values:
            self.values[option.name] = mended

    def _take_flag(self, flag: Word, following: Sequence[Word], at: int, *, alone: bool) -> int:
        """Read a flag and its value; gives the position of the next word that belongs to neither."""
        option = _by_flag(self.spec).get(flag.flag)
        if option is None:
            option = self._guess(flag)
            if option is None:
                # What follows a flag that nobody knows is its value when it is one word at the end of what was said.
                return at + (len(_first(following)) if flag.glued or (len(following) == 1 and not alone) else 0)
        if option.kind is Kind.IMAGE:
            self.fail(f"--{_flag(option.name)} is a picture: attach it to the message.", advice="Without it, this line works:")
            return at + (len(_first(following)) if flag.glued else 0)
        if option.kind is Kind.FLAG and not flag.glued:
            self.give(option, raw=True)
            return at
        value = following if option.kind in _WORDY and not (following and following[0].span) else _first(following)
        text = unquote(value)
        if text:
            self.give(option, text)
        else:
            self.fail(f"{_subject(option)} takes {kinds.takes(option)}, and there is nothing after it.")
            mended = kinds.repair(option, "")
            if mended is not None:
                self.values.setdefault(option.name, mended)
        return at + len(value)

    def _guess(self, flag: Word) -> Option | None:
        """The option that an unknown flag probably meant, with a sentence either way."""
        options = _by_flag(self.spec)
        begun = [name for name in options if name.startswith(flag.flag)]
        close = begun or difflib.get_close_matches(flag.flag[:40], options, n=1)
        written = _cut(flag.text.partition("=")[0])
        if not close:
            self.fail(f"There is no flag {written}.", advice=_known(self.spec))
            return None
        self.fail(f"There is no flag {written}. Did you mean {_either(close)}?")
        return options[close[0]]

    def _take_positional(self, loose: Sequence[Word]) -> None:
        places = [option for option in self.spec.options if option.positional and option.kind is not Kind.IMAGE]
        for number, option in enumerate(places):
            if not loose:
                return
            if option.rest:
                text = unquote(loose)
                if text:
                    self.give(option, text)
                return
            if option.name in self.values:
                continue
            unit = _first(loose)
            later = places[number + 1 :]
            # `/quota @grace` leaves out the word before the person, `/budget set $5/month` the one before the rate.
            fits_later = any((other.kind in _TELLING or other.choices) and kinds.read(other, unquote(unit)) is not None for other in later)
            # A word between others that is none of its choices was meant for what follows.
            between = bool(number and option.choices and later)
            left_out = fits_later or between or any(other.rest for other in later)
            if left_out and not option.required and not kinds.resembles(option, unquote(unit)):
                continue
            loose = loose[len(unit) :]
            if unquote(unit):
                self.give(option, unquote(unit))
        if loose:
            extra = _cut(" ".join(word.text for word in loose))
            self.fail(f'I do not know what "{extra}" means to /{self.spec.name}.', advice="Without it, this line works:")

    def _missing(self) -> list[Option]:
        # A picture comes beside the words, where only the command can look for it.
        given = {*self.beside, *self.values}
        return [option for option in self.spec.options if option.required and option.kind is not Kind.IMAGE and option.name not in given]

    def _require(self) -> None:
        for option in self._missing():
            about = option.about[:1].lower() + option.about[1:]
            article = "an" if option.name[:1] in "aeiou" else "a"
            self.fail(f"/{self.spec.name} needs {article} {option.name}: {about}.", advice="For example:", option=option.name)
            mended = kinds.repair(option, "")
            if mended is not None:
                self.values[option.name] = mended


def _write(spec: CommandSpec, typed: Mapping[Option, Value], *, guarded: bool) -> str:
    """The line for some values. Guarded, nothing in it can be taken for anything else; else it is the one people would type."""
    parts = [spec.name]
    flags: list[str] = []
    gap = False
    for option in spec.options:
        if option not in typed:
            gap = gap or option.positional
            continue
        text = _quote(kinds.show(option, typed[option]), option, spec, guarded=guarded)
        if option.positional and not (gap and guarded) and (option.rest or option.kind not in _WORDY or " " not in text):
            parts.append(text)
        elif option.kind is Kind.FLAG:
            flags.append(f"--{_flag(option.name)}")
        else:
            flags.append(f"--{_flag(option.name)} {text}")
    return " ".join(part for part in (*parts, *flags) if part)


def _quote(text: str, option: Option, spec: CommandSpec, *, guarded: bool) -> str:
    names = _by_flag(spec)
    if option.kind in _WORDY:
        return " ".join(escape(word, names) for word in text.split(" ")) if guarded else text
    if (" " in text or escape(text, names) != text) and is_quotable(text):
        return f'"{text}"'
    return text


def _first(words: Sequence[Word]) -> Sequence[Word]:
    """The first word, or the whole quotation that it opens."""
    return words[: max(1, words[0].span)] if words else words


def _by_flag(spec: CommandSpec) -> dict[str, Option]:
    return {_flag(option.name): option for option in spec.options}


def _flag(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def _subject(option: Option) -> str:
    return f"The {option.name}" if option.positional else f"--{_flag(option.name)}"


def _known(spec: CommandSpec) -> str:
    flags = [f"--{_flag(option.name)}" for option in spec.options if not option.positional and option.kind is not Kind.IMAGE]
    return f"/{spec.name} takes {_either(flags, 'and')}. This line works:" if flags else f"/{spec.name} takes no flags. This line works:"


def _either(names: Sequence[str], word: str = "or") -> str:
    shown = [name if name.startswith("--") else f"--{name}" for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def _cut(text: str, most: int = 40) -> str:
    line = squeeze(spell_out(text))
    return line if len(line) <= most else f"{line[: most - 1]}…"
