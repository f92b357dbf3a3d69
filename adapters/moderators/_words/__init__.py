"""Words: how `terms` and `combinations` read a text. No moderator of its own; it holds no list.

`lexicon` reads the YAML lists (their form is in its docstring), `inflection` adds the endings of verbs, `spellings` undoes what people do
to get a word past a list, `matcher` finds every listed term in a text at once, and `moderator` turns what was found into findings.
"""

from adapters.moderators._words.lexicon import Lexicon, read
from adapters.moderators._words.matcher import Matcher, compiled
from adapters.moderators._words.moderator import ALLOW, Words

__all__ = ["ALLOW", "Lexicon", "Matcher", "Words", "compiled", "read"]
