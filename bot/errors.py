"""Everything that can go wrong, as a tree with two branches.

A `Refusal` is a sentence for the person: what happened, whether it counted, what to do next.
A `Fault` is a log line, and the person gets its id.
"""

from enum import StrEnum


class LimnerError(Exception):
    """The root: every error this project raises on purpose."""


class Refusal(LimnerError):  # noqa: N818 - a refusal is an answer, not an error, to the one who reads it
    """A request that is answered with a sentence instead of a picture.

    Args:
        sentence: what happened, for the person.
        advice: what to do next; often a line that would have worked.
        line: a command line to copy, or the empty string.
    """

    def __init__(self, sentence: str, *, advice: str = "", line: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice
        self.line = line


class Misunderstood(Refusal):
    """A line that could not be read: unknown command or flag, bad value, missing prompt.

    Args:
        option: the name of the option at fault, so that a form can say it beside the field, or empty.
    """

    def __init__(self, sentence: str, *, advice: str = "", line: str = "", option: str = "") -> None:
        super().__init__(sentence, advice=advice, line=line)
        self.option = option


class Blocked(Refusal):
    """A prompt or picture that the policy does not allow. Never carries the prompt itself."""

    def __init__(self, sentence: str, *, category: str, source: str, advice: str = "") -> None:
        super().__init__(sentence, advice=advice)
        self.category = category
        self.source = source
        self.appeal = ""
        """The job that a reviewer may be asked about, or empty."""


class OverQuota(Refusal):
    """A request that would overrun what the person, channel or team may use."""

    own = False
    """Whether it is the person's own quota, of which they may be given more."""


class TooLarge(OverQuota):
    """A request that is larger than one may be: images, steps, pixels."""


class Unpriced(OverQuota):
    """A request of which nobody knows the price, where money is limited."""


class TooMany(Refusal):
    """A person who has as many waiting jobs as one may have."""


class NotFound(Refusal):
    """A job, person or picture that is not there, or not there any more."""


class NotAllowed(Refusal):
    """An act that this person may not do."""


class NothingFits(Refusal):
    """A request that no allowed model can serve; the sentence names the models that could serve a part."""


class BadPicture(Refusal):
    """A file that is not a picture we take: wrong type, broken, too large, too many pixels."""


class Refused(Refusal):
    """A provider's own moderation said no. Never followed by failover: that would be a way round the filter."""

    def __init__(self, sentence: str, *, category: str = "policy", source: str = "provider") -> None:
        super().__init__(sentence)
        self.category = category
        self.source = source


class Expired(Refusal):
    """A link, form, ticket or wish whose time is over."""


class Fault(LimnerError):  # noqa: N818 - one word for the branch, as for its sibling Refusal
    """Something broke on our side or a vendor's: a log line, and the person gets its id."""


class FaultKind(StrEnum):
    """What sort of vendor fault it was; decides between retry, failover and giving up."""

    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    CREDENTIALS = "credentials"
    CREDIT = "credit"
    BAD_RESULT = "bad_result"
    BAD_REQUEST = "bad_request"
    LOST = "lost"


class ProviderFault(Fault):
    """A provider could not do its work; not the person's doing.

    Args:
        sentence: for the log and, shortened, for the card.
        kind: what sort of fault.
        retry_after: seconds the vendor asked us to wait, or None.
        accepted: whether the vendor may have taken the work, and so the money. Only a call that was certainly
            not accepted is repeated by itself (`providers.md` §0).
        advice: what the person can do, where it is more than the usual for its kind.
    """

    def __init__(
        self, sentence: str, *, kind: FaultKind, retry_after: float | None = None, accepted: bool = True, advice: str = ""
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind
        self.retry_after = retry_after
        self.accepted = accepted
        self.advice = advice


class PlatformFault(Fault):
    """A chat platform could not take a message.

    Args:
        sentence: what the platform said and what to do about it.
        permanent: True where trying again cannot help (archived channel, revoked token).
    """

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent


class StoreFault(Fault):
    """The journal, the queue or the files could not be read or written."""


class Overtaken(Fault):
    """Somebody else moved the job since it was read: drop the work and look again."""


class AlreadyTaken(Fault):
    """The platform's event was taken before: a repeated delivery, to be answered with nothing."""


class SettingFault(Fault):
    """A setting is missing or wrong; the message is one line: which variable, for what, and the way without it."""
