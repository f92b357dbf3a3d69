"""Inflection: the endings of English verbs, so that a list names a verb once (`stab~`: stab, stabs, stabbed, stabbing)."""

import re
from collections.abc import Iterator

MARK = "~"
"""Behind a word of a term: its endings count too."""
_VERB = re.compile(r"([a-z]+)~")
_DOUBLES = re.compile(r"[^aeiou]*[aeiou][bdgklmnprt]")
"""A short verb that doubles its last letter: stab, ban, kidnap is written out."""


def inflected(term: str) -> Iterator[str]:
    """A term with every ending of the word that is marked; a term without a mark as it is."""
    verb = _VERB.search(term)
    if verb is None:
        yield term
        return
    for form in _forms(verb[1]):
        yield f"{term[: verb.start()]}{form}{term[verb.end() :]}"


def _forms(verb: str) -> tuple[str, str, str, str]:
    if verb.endswith("ie"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-2]}ying"
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb if verb.endswith(('ee', 'ye')) else verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    if _DOUBLES.fullmatch(verb):
        return verb, f"{verb}s", f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing"
    return verb, f"{verb}es" if verb.endswith(("s", "x", "z", "ch", "sh")) else f"{verb}s", f"{verb}ed", f"{verb}ing"
