"""The policy in words: what was taken out of a prompt, what to take care of, and the pages of `/policy`."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.model import Message
from bot.says.pages import whisper
from bot.says.words import cut

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "mail": "mail address",
        "phone": "phone number",
        "card": "card number",
        "key": "access key",
        "id": "identity number",
        "iban": "bank account",
        "address": "network address",
    }
)


def taken_out(source: str) -> str:
    """What stands in a prompt where personal data stood. `source` is `personal/phone` and the like."""
    return _KINDS.get(source.rpartition("/")[2], "personal data")


def taken_note(source: str) -> str:
    """That something was taken out, for the person."""
    what = taken_out(source)
    article = "" if what == "personal data" else "An " if what[0] in "aeiou" else "A "
    return f"{article}{what}".capitalize() + " was taken out of the prompt before anything was sent."


def warned_of(category: str, source: str) -> str:
    """That something goes on and deserves a second look."""
    if category == "personal":
        return f"The prompt seems to hold personal data ({taken_out(source)}). It goes out as you wrote it."
    return f"Take care: this prompt touches “{category}”, which the policy of this place watches. It goes on."


def policy_page(rows: Sequence[tuple[str, str, str, str]], *, where: str, restricted: bool) -> Message:
    """What follows from what: (category, measure for sure findings, for doubtful ones, what was decided here) a line."""
    kind = "age-restricted channels" if restricted else "channels that are not age-restricted"
    lines = [f"{name}: {sure}, doubtful {doubtful}{f' ({decided})' if decided else ''}" for name, sure, doubtful, decided in rows]
    head = f"What follows {where}, in {kind}."
    return whisper("\n".join([head, *lines]), title="Policy")


def terms_page(terms: Sequence[tuple[str, str, str]], *, where: str, more: int = 0) -> Message:
    """The terms that admins listed: (term, what it counts as, for which place) a line."""
    if not terms:
        return whisper(f"No terms are listed {where}. /policy term add WORDS lists one.", title="Terms")
    lines = [f"“{cut(term, 60)}”: {meaning}, for {place}" for term, meaning, place in terms]
    rest = [f"… and {more} more."] if more else []
    return whisper("\n".join([f"Terms listed {where}.", *lines, *rest]), title="Terms")


def trial_page(verdict: str, findings: Sequence[str]) -> Message:
    """What would follow from a wording, without drawing anything."""
    found = "\n".join(findings) if findings else "Nothing was found."
    return whisper(f"With this wording: {verdict}. Nothing was drawn and nothing is on record.\n{found}", title="Policy test")
