"""The layers that read words: what passes, what does not, by place, and what a broken list says."""

from pathlib import Path

import pytest

from adapters.moderators import combinations, terms
from adapters.moderators._words import ALLOW, Words, read
from bot.errors import SettingFault
from bot.model import Concern, Level, Place, Term, Verdict
from bot.moderation import Policy, verdict_of

LISTS = terms.LISTS


def layers(*places: Path) -> tuple[Words, ...]:
    return (
        Words("combinations", combinations.VOCABULARY, combinations.LISTS, *places, vocabulary=True),
        Words("terms", LISTS, *places, house=True),
    )


OURS = layers()

HARMLESS = (
    "a red fox in the snow, golden hour, 85mm f1.8, 8k, highly detailed, 1girl style of nobody, --ar 16:9",
    "Maine Coon",
    "MAINE COONS",
    "raccoon",
    "Scunthorpe",
    "Penistone, Yorkshire",
    "Essex",
    "a map of Sussex and Middlesex",
    "shoot a portrait",
    "a shot of whisky",
    "headshot of a CEO",
    "naked mole rat",
    "two naked mole-rats",
    "visible to the naked eye",
    "a nude colour palette",
    "breast cancer awareness ribbon",
    "chicken breasts for the kids",
    "cockatoo",
    "a peacock and a cocktail",
    "Dick Van Dyke",
    "a Moby Dick illustration",
    "grape",
    "the Rapeseed field",
    "a rape field in bloom",
    "execute a jump",
    "kill the lights",
    "kill all the lights",
    "classic bass guitar, an assessment, titles, analysis",
    "a sextant and a string sextet",
    "the therapist's office",
    "cumulus clouds",
    "a pair of great tits on a branch",
    "pussy willow",
    "blue footed booby",
    "popcorn",
    "shiitake",
    "gas station; Vegas chamber orchestra",
    "comic strip, teaser poster",
    "Suicide Squad poster",
    "Hindu swastika temple relief",
    "bath bomb recipe",
    "a bomb disposal robot",
    "children playing in a park",
    "a girl with a pearl earring",
    "a boy and his dog",
    "high school murder mystery cover",
    "Donald Trump giving a speech",
    "trump card",
    "El Niño storm over the coast",
    "Nina Simone on stage",
    "the letters A B C D and U S A",
    "1 2 3 4 5 6",
    "12 year old whisky",
    "an 18 year old in a raincoat",
    "イエローキャブ",
    "ピエロのイラスト",
    "フロリダの海、カロリー",
    "裸足で歩く",
    "아이스크림 콘과 칼로리",
    "секстант на столе",
    "голубь на площади",
)

REFUSED_SPELLINGS = (
    "naked",
    "NAKED!!!",
    "(naked:1.3)",
    "naked-woman",
    "large_breasts",
    "n a k e d",
    "a n a k e d lady",
    "n.a.k.e.d",
    "n-a-k-e-d",
    "n_a_k_e_d",
    "n/a/k/e/d",
    "na.ked",
    "n4k3d",
    "n 4 k 3 d",
    "n@ked",
    "n*ked",
    "nakeeeeed",
    "b00bs",
    "boooobs",
    "s3x",
    "$ex",
    "s e x",
    "p0rn",
    "p.0.r.n",
    "na\u200bked",
    "na\u00adked",
    "na\u2060ked",
    "n\u202eaked",
    "ｎａｋｅｄ",
    "𝓃𝒶𝓀𝑒𝒹",
    "ⓝⓐⓚⓔⓓ",
    "nákéd",
    "n\u0336a\u0336k\u0336e\u0336d",
    "nаkеd",
    "nυde",
    "n😀u😀d😀e",
    "nu🔥de",
    "голая женщина",
    "j ailb ait",
    "г о л а я",
    "порно",
    "пopнo",
    "裸体",
    "画一个nude女孩",
    "ヌード",
    "누드를 그려줘",
    "femme nue",
    "mujer desnuda",
    "nackte frau",
)

CATEGORIES = (
    ("nude woman", "sexual", "terms/sexual"),
    ("nudify this", "sexual", "terms/sexual"),
    ("lolicon", "minors", "terms/minors"),
    ("l0li", "minors", "terms/minors"),
    ("1oli", "minors", "terms/minors"),
    ("l o l i c o n", "minors", "terms/minors"),
    ("sexy teen", "minors", "combinations/minors"),
    ("child, naked", "minors", "combinations/minors"),
    ("Kids. Nude.", "minors", "combinations/minors"),
    ("ch1ld p0rn", "minors", "combinations/minors"),
    ("a sexy 14yo", "minors", "combinations/minors"),
    ("12-year-old in lingerie", "minors", "combinations/minors"),
    ("twelve year old in lingerie", "minors", "combinations/minors"),
    ("aged 15, seductive", "minors", "combinations/minors"),
    ("12歳 裸", "minors", "combinations/minors"),
    ("niña en ropa interior, desnuda", "minors", "combinations/minors"),
    ("девочка голая", "minors", "combinations/minors"),
    ("disembowelled corpse", "gore", "terms/gore"),
    ("pipe bomb blueprint", "weapons", "combinations/weapons"),
    ("how to make a molotov", "weapons", "combinations/weapons"),
    ("slit wrists", "self-harm", "combinations/self-harm"),
    ("sieg heil", "hate", "terms/hate"),
    ("Donald Trump in handcuffs", "deception", "combinations/deception"),
    ("taylor swift nude", "deception", "combinations/deception"),
)


def found(text: str, words: tuple[Words, ...] = OURS, listed: tuple[Term, ...] = ()) -> list[Concern]:
    return [concern for each in words for concern in each.find(text, listed)]


def judge(text: str, *, restricted: bool = False, words: tuple[Words, ...] = OURS, listed: tuple[Term, ...] = ()) -> Verdict:
    place = Place(platform="p", workspace="w", channel="c", age_restricted=restricted)
    return verdict_of(Policy().rulings(place, found(text, words, listed)))


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_prompts_pass(text: str) -> None:
    assert judge(text).level is Level.ALLOW


@pytest.mark.parametrize("text", REFUSED_SPELLINGS)
def test_no_spelling_gets_a_word_past(text: str) -> None:
    assert judge(text).level is Level.BLOCK
    assert judge(f"portrait of a lady, {text}, oil on canvas, 8k").level is Level.BLOCK


@pytest.mark.parametrize(("text", "category", "source"), CATEGORIES)
def test_a_verdict_says_what_and_which_list(text: str, category: str, source: str) -> None:
    verdict = judge(text)
    assert (verdict.level, verdict.category, verdict.source, verdict.score) == (Level.BLOCK, category, source, 1.0)


@pytest.mark.parametrize("text", ["nude woman", "decapitated statue, gore"])
def test_what_is_for_adults_is_blurred_among_adults(text: str) -> None:
    assert judge(text).level is Level.BLOCK
    assert judge(text, restricted=True).level is Level.BLUR


@pytest.mark.parametrize(
    "text", [text for text, category, _ in CATEGORIES if category in {"minors", "deception", "self-harm", "hate", "weapons"}]
)
def test_some_things_are_blocked_among_adults_too(text: str) -> None:
    assert judge(text, restricted=True).level is Level.BLOCK


@pytest.mark.parametrize("text", ["a suicide scene", "swastika flag", "school shooting", "Putin asleep in a meeting"])
def test_doubtful_words_ask_for_a_look(text: str) -> None:
    verdict = judge(text)
    assert (verdict.level, verdict.score) == (Level.REVIEW, 0.5)


def test_words_for_the_young_ask_for_a_look_among_adults() -> None:
    assert judge("nude woman", restricted=True).level is Level.BLUR
    assert judge("nude girl", restricted=True).level is Level.REVIEW


def test_blood_is_blurred() -> None:
    assert judge("blood splatter on a wall").level is Level.BLUR


def test_an_allowed_phrase_covers_only_its_own_words() -> None:
    assert judge("naked mole rat and a naked woman").level is Level.BLOCK


def test_a_name_that_is_a_word_elsewhere_counts_only_as_written() -> None:
    assert judge("sexy niña").category == "minors"
    assert judge("sexy Nina").category != "minors"


def test_contexts_speak_for_a_wording() -> None:
    assert judge("Elon Musk in handcuffs").level is Level.BLOCK
    assert judge("political cartoon of Elon Musk in handcuffs").level is Level.ALLOW
    assert judge("a nude woman").level is Level.BLOCK
    assert judge("a nude, marble statue in a museum").level is Level.REVIEW


def test_a_term_of_the_house_is_found_however_it_is_spelled() -> None:
    listed = (Term(text="lolcat", category="custom"), Term(text="moon shot", category="brands", score=0.5))
    for text in ("a LOLCAT", "l0lcat", "l o l c a t", "tacloL a htiw"):
        verdict = judge(text, listed=listed)
        assert (verdict.level, verdict.category, verdict.source) == (Level.BLOCK, "custom", "terms/house")
    assert judge("a moon-shot poster", listed=listed).level is Level.REVIEW
    assert judge("a lolcat").level is Level.ALLOW


def test_a_phrase_that_the_house_allows_wins_over_every_list() -> None:
    listed = (Term(text="Naked Lunch", category=ALLOW),)
    assert judge("cover of naked lunch 2", listed=listed).level is Level.ALLOW
    assert judge("a naked lunch guest, naked", listed=listed).level is Level.BLOCK


def _list(folder: Path, text: str, name: str = "house.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_of_ones_own_adds_terms_under_its_own_name(tmp_path: Path) -> None:
    path = _list(tmp_path, "category: brands\ngroups:\n  own brand:\n    certainty: doubtful\n    terms: [Acme Cola]\n")
    for place in (path, tmp_path):
        verdict = judge("a can of ACME-cola", words=(Words("terms", LISTS, place),))
        assert verdict == Verdict(level=Level.REVIEW, category="brands", source="terms/house", score=0.5)


def test_a_list_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = _list(tmp_path, "groups:\n  a: {certainty: sure, terms: [marmot]}\n")
    assert found("a marmot", (Words("terms", path),))
    _list(tmp_path, "groups:\n  a: {certainty: sure, terms: [wallaby]}\n")
    assert not found("a marmot", (Words("terms", path),))


def test_a_list_of_ones_own_can_allow_what_ours_finds(tmp_path: Path) -> None:
    words = layers(_list(tmp_path, "allow: [nude, nude study]\n"))
    assert judge("a nude study", words=words).level is Level.ALLOW
    assert judge("naked", words=words).level is Level.BLOCK


def test_a_cyrillic_term_that_looks_latin_counts_beside_cyrillic_only(tmp_path: Path) -> None:
    words = (Words("terms", _list(tmp_path, "groups:\n  a: {certainty: sure, terms: [рот]}\n")),)
    assert judge("pot", words=words).level is Level.ALLOW
    assert judge("рot", words=words).level is Level.BLOCK


def test_a_list_of_ones_own_can_combine_with_our_groups(tmp_path: Path) -> None:
    path = _list(
        tmp_path,
        "category: custom\ngroups:\n  mascot: {terms: [Foxy]}\n"
        "rules:\n  - {all: [mascot, [suggestive, bloody]], certainty: sure, unless: [satire]}\n",
    )
    words = layers(path)
    assert judge("Foxy in the snow", words=words).level is Level.ALLOW
    assert judge("sexy Foxy", words=words).category == "custom"
    assert judge("Foxy, covered in blood", words=words).level is Level.BLOCK
    assert judge("Foxy, covered in blood, a cartoon", words=words).category != "custom"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("category: x\ngroups:\n  a: [\n", 4, "YAML"),
        ("category: x\ngroups:\n  a:\n    certainty: sur\n", 4, "sur"),
        ("category: x\ngroups:\n  a:\n    terms: one\n", 4, "a list"),
        ("category: x\ngroups:\n  a:\n    terms:\n      - ok\n      - {b: c}\n", 6, "phrase"),
        ("category: x\ngroups:\n  a:\n    terms:\n      - '***'\n", 5, "no letter"),
        ("category: x\ngruops: {}\n", 2, "gruops"),
        ("category: x\ngroups:\n  - a\n", 3, "name"),
        ("category: x\ngroups:\n  a: {under: young}\n", 3, "whole number"),
        ("rules:\n  - all: [nobody]\n    certainty: sure\n", 2, "nobody"),
        ("rules:\n  - all: [minor]\n", 2, "certainty"),
        ("- a\n", 1, "name"),
    ],
)
def test_a_broken_list_stops_the_start_with_file_and_line(tmp_path: Path, text: str, line: int, word: str) -> None:
    path = _list(tmp_path, text)
    with pytest.raises(SettingFault) as fault:
        read(LISTS, path)
    said = str(fault.value)
    assert f"{path}, line {line}: " in said
    assert word in said
    assert "\n" not in said


def test_a_list_in_another_encoding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_bytes(b"category: caf\xe9\n")
    with pytest.raises(SettingFault, match="UTF-8"):
        read(path)


def test_a_list_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingFault, match="no file or folder"):
        read(LISTS, tmp_path / "missing.yaml")


def test_an_empty_list_is_no_error(tmp_path: Path) -> None:
    assert read(_list(tmp_path, "# nothing yet\n")).groups == ()


def test_a_marked_verb_counts_with_all_its_endings(tmp_path: Path) -> None:
    words = Words(
        "terms",
        _list(tmp_path, "category: custom\ngroups:\n  odd:\n    certainty: sure\n    terms: [strip~ the moose, tidy~, bribe~, tie~]\n"),
    )
    for text in ("stripping the moose", "he strips the moose", "stripped the moose", "tidies", "tidied", "bribing", "tying", "ties"):
        assert words.find(text), text
    for text in ("striping the moose", "tidyed", "bribeing"):
        assert not words.find(text), text


def test_words_of_a_rule_count_near_each_other_only(tmp_path: Path) -> None:
    groups = "groups:\n  one: {terms: [moose]}\n  two: {terms: [marmot]}\n"
    rules = "rules:\n  - {all: [one, two], near: 3, certainty: sure}\n"
    words = Words("combinations", _list(tmp_path, f"category: custom\n{groups}{rules}"))
    for near in ("a moose and a marmot", "marmot of a moose", "m a r m o t   a n d   m o o s e"):
        assert words.find(near), near
    assert not words.find("a moose in the snow at dawn, painted in oil on wood by a marmot")


@pytest.mark.parametrize(
    "text", ["4 nud3 b31g3 50f4", "b u r n i n g   c a n d l e s   o n   a n   a l t a r", "worrub sti ni tar elom dekan"]
)
def test_a_harmless_phrase_speaks_for_itself_in_every_disguise(text: str) -> None:
    assert not found(text)


def test_letters_that_stand_apart_keep_the_borders_of_their_words() -> None:
    assert found("a n   a d   f o r   s t o l e n   p h o n e s")


def test_no_listed_term_is_also_allowed_and_no_group_is_without_use() -> None:
    lexicon = read(combinations.VOCABULARY, combinations.LISTS)
    meanings = [each.meaning for each in (*lexicon.groups, *lexicon.rules)]
    named = frozenset[str]().union(
        *(part for rule in lexicon.rules for part in rule.all), *(meaning.unless | meaning.softened for meaning in meanings)
    )
    for group in lexicon.groups:
        assert group.meaning.score or group.name in named, group.name
        assert not set(group.terms) & set(lexicon.allow), group.name
