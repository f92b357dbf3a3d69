"""Personal: the moderator that finds what should not leave: mail addresses, phone and card numbers, keys, identity numbers, bank accounts.

A number counts where its own check digits say so, and, for the short ones that anything could be, where a word beside it says what it is.
Names of people are not found: no list and no rule knows them all. What is found is masked by default, so each finding has its span.
"""

import re
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager

import phonenumbers
from pydantic import Field
from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.tr import tckimlik
from stdnum.us import ssn

from bot.model import Concern, Person, Place, Term
from bot.plugins import Kit, Plugin, PluginSettings

CATEGORY = "personal"
LONGEST = 20_000
"""Characters that are read; no prompt is longer, and phone numbers take a microsecond a character."""
_CARD = range(13, 20)
_PHONE_LEAST = 7

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?![\w-])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w-]|[.,]\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_KEY = re.compile(
    r"(?<!\w)(?:"
    r"sk-[\w-]{20,200}|sk_live_\w{16,99}|rk_live_\w{16,99}|pk_live_\w{16,99}|"
    r"gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{22,255}|glpat-[\w-]{20,64}|"
    r"xox[abposr]-[\w-]{10,250}|xapp-[\w-]{10,250}|"
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35}|ya29\.[\w-]{20,250}|"
    r"r8_[A-Za-z0-9]{30,64}|hf_[A-Za-z0-9]{30,64}|npm_[A-Za-z0-9]{30,64}|SG\.[\w-]{16,64}\.[\w-]{16,64}|"
    r"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,2000}\.[\w-]{10,2000}|"
    r"-----BEGIN (?:[A-Z]{1,12} ){0,3}PRIVATE KEY-----"
    r")"
)
_PHONE_HINT = re.compile(r"\d\D{0,3}\d\D{0,3}\d")
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d ./-]{7,18}[\dA-Za-z](?!\w|[.,]\d)")
_LETTERED = re.compile(r"(?<!\w)(?:[XYZ]?\d{7,8}-?[A-Z]|[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z])(?!\w)", re.IGNORECASE)
_SAYS_ID = re.compile(
    r"\b(?:ssn|social security|nhs|national insurance|tax id|steuer-?id|steuernummer|idnr|"
    r"identity (?:number|card)|id number|personal number|bsn|cpf|pesel|dni|nie|nir|"
    r"sécurité sociale|securite sociale|codice fiscale|kimlik|tc no|passport n(?:o|umber))\b",
    re.IGNORECASE,
)
_CHECKS: Sequence[Callable[[str], bool]] = (
    ssn.is_valid, nhs.is_valid, idnr.is_valid, bsn.is_valid, cpf.is_valid, pesel.is_valid, nir.is_valid, tckimlik.is_valid,
)  # fmt: skip


class Settings(PluginSettings):
    """What the personal moderator can be told."""

    regions: str = Field(
        "US,GB,DE,FR,ES,IT", description="Countries whose phone numbers are known without their prefix too, two letters each, comma list."
    )


class Personal:
    """Finds personal data in texts, each with its span. In pictures it finds nothing."""

    name = "personal"
    remote = False

    def __init__(self, regions: Sequence[str] = ("US", "GB", "DE", "FR", "ES", "IT")) -> None:
        self._regions = regions

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> list[Concern]:
        """Every kind of personal data that is found, with all its spans."""
        found: dict[tuple[str, float], list[tuple[int, int]]] = {}
        taken: list[tuple[int, int]] = []
        for kind, score, span in self._found(text[:LONGEST]):
            if all(span[1] <= begin or span[0] >= end for begin, end in taken):
                taken.append(span)
                found.setdefault((kind, score), []).append(span)
        return [
            Concern(category=CATEGORY, score=score, source=f"{self.name}/{kind}", spans=tuple(sorted(spans)))
            for (kind, score), spans in found.items()
        ]

    async def image(self, place: Place, image: bytes) -> list[Concern]:
        """Nothing: it reads text."""
        return []

    def _found(self, text: str) -> Iterator[tuple[str, float, tuple[int, int]]]:
        """Kind, score and span, the surest kinds first: of two that overlap, the first one counts."""
        if "@" in text:
            for mail in _MAIL.finditer(text):
                yield "mail", 1.0, mail.span()
        for key in _KEY.finditer(text):
            yield "key", 1.0, key.span()
        if not _PHONE_HINT.search(text):
            return
        for account in _IBAN.finditer(text):
            if iban.is_valid(account[0]):
                yield "iban", 1.0, account.span()
        for digits in _DIGITS.finditer(text):
            bare = re.sub(r"\D", "", digits[0])
            if len(bare) in _CARD and bare[0] in "23456" and len(set(bare)) > 1 and luhn.is_valid(bare):
                yield "card", 1.0, digits.span()
        yield from _ids(text)
        yield from self._phones(text)

    def _phones(self, text: str) -> Iterator[tuple[str, float, tuple[int, int]]]:
        for match in phonenumbers.PhoneNumberMatcher(text, None, leniency=phonenumbers.Leniency.VALID):
            yield "phone", 1.0, (match.start, match.end)
        for region in self._regions:
            for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.STRICT_GROUPING, max_tries=60):
                # Without the country's prefix any number could be one; one that is written like a phone number says so itself.
                if re.search(r"\(\d+\)|\d[ /-]\d", match.raw_string) and sum(map(str.isdigit, match.raw_string)) > _PHONE_LEAST:
                    yield "phone", 0.9, (match.start, match.end)


def _ids(text: str) -> Iterator[tuple[str, float, tuple[int, int]]]:
    said = _SAYS_ID.search(text) is not None
    for number in _NUMBER.finditer(text):
        if said and any(check(number[0].strip()) for check in _CHECKS):
            yield "id", 1.0, number.span()
        elif re.fullmatch(r"\d{3}-\d{2}-\d{4}", number[0]) and ssn.is_valid(number[0]):
            yield "id", 0.9, number.span()
    for lettered in _LETTERED.finditer(text):
        bare = lettered[0].upper()
        if codicefiscale.is_valid(bare) or ((said or "-" in bare) and (dni.is_valid(bare) or nie.is_valid(bare))):
            yield "id", 1.0, lettered.span()


@asynccontextmanager
async def open_personal(settings: Settings, _: Kit) -> AsyncGenerator[Personal]:
    """The moderator for the countries of the setting."""
    yield Personal(tuple(region.strip().upper() for region in settings.regions.split(",") if region.strip()))


PLUGIN = Plugin(about="Personal data, taken out before it leaves", settings=Settings, open=open_personal)
