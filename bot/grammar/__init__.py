"""The grammar: how a command reads as plain text, in chat, on buttons, in forms and in a shell.

`words` cuts a line into words, quoted spans and flags; `values` says what each kind of option takes and reads it (`marks`: whom it names,
`amounts`: how much and how long); `lines` puts it together: `split`, `parse`, `check`, `write` and `usage`. A package, because these are
understood one at a time.

The rules, for whoever writes a line:

1. Positional options come in order, without flags; the `rest` option takes all other words. Each may be given as a flag, too.
2. `--name value` and `--name=value` may stand anywhere. What a phone makes of two dashes (`—ar`) and of quotes is understood.
3. A flag of kind TEXT takes all words up to the next flag, every other kind takes one word, or several in double quotes.
4. Words in double quotes are never flags, and a backslash before a word that looks like a flag or a quotation keeps it as it is.
5. A prefix of a flag is not the flag: it is suggested. A flag given twice with two values is refused, and so is every unknown one.
6. Line breaks and runs of spaces read as one space; control characters and broken surrogates read as nothing.

Whatever cannot be read is answered by Misunderstood, whose `line` is the same line, repaired: the person's own words, with each bad
value replaced by one that works. `parse(write(spec, values))` gives `values` back, whatever they are.
"""

from bot.grammar.amounts import Rate, rate_of, span_of
from bot.grammar.lines import check, parse, split, usage, write
from bot.grammar.marks import SUBJECTS, Mark, Noun, label, mark_names, mark_of, marks_in, replace_marks
from bot.grammar.values import LONGEST
from bot.grammar.words import squeeze

__all__ = [
    "LONGEST",
    "SUBJECTS",
    "Mark",
    "Noun",
    "Rate",
    "check",
    "label",
    "mark_names",
    "mark_of",
    "marks_in",
    "parse",
    "rate_of",
    "replace_marks",
    "span_of",
    "split",
    "squeeze",
    "usage",
    "write",
]
