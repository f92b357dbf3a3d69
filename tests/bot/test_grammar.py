"""The grammar: every line is read or answered with a line that works, and what is written reads back."""

import re
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot import grammar
from bot.errors import Misunderstood
from bot.model import CommandSpec, Kind, Option, Value
from bot.options import IMAGINE

EVERYTHING = CommandSpec(
    name="everything",
    about="A command with an option of every kind",
    options=(
        Option(name="job", kind=Kind.JOB, about="The job", positional=True, required=True, example="7kq2mw9x"),
        Option(name="image", kind=Kind.INTEGER, about="Which image", positional=True, least=1, most=10, example="2"),
        Option(name="prompt", kind=Kind.TEXT, about="What to see", positional=True, rest=True, example="a red fox"),
        Option(name="ar", kind=Kind.RATIO, about="Aspect ratio", example="16:9"),
        Option(name="mood", kind=Kind.CHOICE, about="Its mood", choices=("calm", "Wild", "very sad")),
        Option(name="upscale_by", kind=Kind.INTEGER, about="Factor", least=2, most=4, example="2"),
        Option(name="offset", kind=Kind.INTEGER, about="Any whole number"),
        Option(name="guidance", kind=Kind.NUMBER, about="Guidance", least=0, most=30, example="7"),
        Option(name="tilt", kind=Kind.NUMBER, about="Any number"),
        Option(name="raw", kind=Kind.FLAG, about="As it comes"),
        Option(name="style", kind=Kind.STYLE, about="Style", example="watercolour"),
        Option(name="model", kind=Kind.MODEL, about="Model", example="sketch"),
        Option(name="for", kind=Kind.PERSON, about="Whose", example="@grace"),
        Option(name="rate", kind=Kind.RATE, about="How many", example="50/day"),
        Option(name="gives", kind=Kind.AMOUNT, about="How much", example="$5"),
        Option(name="whom", kind=Kind.SUBJECT, about="Whom it is about", example="@design"),
        Option(name="alerts", kind=Kind.CHANNEL, about="Where to tell", example="#ops"),
        Option(name="over", kind=Kind.MONEY, about="How dear", example="2.50"),
        Option(name="ask_over", kind=Kind.MONEY, about="How dear, within bounds", least=0.5, most=20),
        Option(name="during", kind=Kind.SPAN, about="How long", example="2d"),
        Option(name="no", kind=Kind.TEXT, about="What not to see", example="text, people"),
        Option(name="picture", kind=Kind.IMAGE, about="A picture"),
    ),
    example="everything 7kq2mw9x",
)
QUOTA = CommandSpec(
    name="quota",
    about="Quotas",
    options=(
        Option(name="act", kind=Kind.CHOICE, about="What to do", positional=True, choices=("show", "set", "reset")),
        Option(name="person", kind=Kind.PERSON, about="Whose", positional=True, example="@grace"),
        Option(name="rate", kind=Kind.RATE, about="How many", positional=True, example="50/day"),
    ),
)
BUDGET = CommandSpec(
    name="budget",
    about="Money",
    options=(
        Option(name="act", kind=Kind.CHOICE, about="What to do", positional=True, choices=("show", "set")),
        Option(name="whom", kind=Kind.SUBJECT, about="Whose", positional=True),
        Option(name="rate", kind=Kind.RATE, about="How much", positional=True, example="$20/month"),
        Option(name="during", kind=Kind.SPAN, about="How long", positional=True),
        Option(name="alerts", kind=Kind.CHANNEL, about="Where to tell"),
    ),
)
SPECS = (IMAGINE, EVERYTHING, QUOTA, BUDGET)

# Texts that are made of the grammar's own signs are the ones that break grammars.
PIECES = st.sampled_from(
    (
        *(
            "--",
            "—",
            "–",
            "-",
            '"',
            "“",
            "”",
            "\\",
            "=",
            " ",
            "\n",
            ",",
            ".",
            "'",
            "@",
            "<@U1>",
            "<@&S1>",
            "<#C1>",
            "<#C1|",
            "<@&S1|x>",
            "$2",
            "/",
            "ar",
            "seed",
            "no",
            "raw",
            "a",
            "fox",
        ),
        *("16:9", "42", "2", "🦊", "👩‍🎨", "שלום", "\u202e", "\0", "\ud800", "é", "\u200b", "prompt", "--seed", "—ar", '"--no'),
    )
)
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=14).map(" ".join), st.text(max_size=60))
MARKS = st.tuples(st.sampled_from(["@{}", "#{}", "<@{}>", "<@!{}>", "<@&{}>", "<#{}>", "<#{}|name>"]), st.one_of(TEXTS, st.just("U1"))).map(
    lambda found: found[0].replace("{}", found[1])
)
AMOUNTS = st.one_of(st.integers(0, 2_000_000).map(str), st.decimals(0, 2_000_000, places=2).map(str), st.sampled_from(["1,000", "2,50"]))


def raw_values(option: Option) -> st.SearchStrategy[Value]:
    """Values of the option's kind, most of them legal, and any text."""
    likely: dict[Kind, st.SearchStrategy[Value]] = {
        Kind.INTEGER: st.one_of(st.integers(), st.integers(0, 10), st.floats()),
        Kind.NUMBER: st.one_of(st.floats(), st.floats(0, 30), st.integers(0, 30)),
        Kind.CHOICE: st.sampled_from(option.choices or ("x",)),
        Kind.FLAG: st.booleans(),
        Kind.RATIO: st.tuples(st.floats(0, 3000), st.integers(1, 3000)).map(lambda r: f"{r[0]:.4f}:{r[1]}"),
        Kind.RATE: st.builds(
            "{}{}/{}".format,
            st.sampled_from(["", "$", "$ "]),
            AMOUNTS,
            st.sampled_from(["hour", "day", "week", "month", "Day", "mo", "rolling day"]),
        ),
        Kind.AMOUNT: st.one_of(
            st.builds("{}{}".format, st.sampled_from(["", "$", "€"]), AMOUNTS),
            st.builds("{}/{}".format, AMOUNTS, st.sampled_from(["hour", "day", "mo"])),
            st.sampled_from(["usual", "Unlimited", "unlimited/week", "$0.0025"]),
        ),
        Kind.MONEY: st.builds("{}{}".format, st.sampled_from(["", "$", "€"]), AMOUNTS),
        Kind.SPAN: st.builds("{}{}".format, st.integers(0, 400), st.sampled_from(["m", "h", "d", "w", " days", " hours", "y"])),
        Kind.PERSON: MARKS,
        Kind.SUBJECT: st.one_of(st.sampled_from(grammar.SUBJECTS), MARKS),
        Kind.CHANNEL: st.one_of(st.sampled_from(["here", "none", "Here"]), MARKS),
        Kind.JOB: st.text("23456789abcdefghjkmnpqrstuvwxyz", min_size=4, max_size=8),
    }
    return st.one_of(likely.get(option.kind, TEXTS), TEXTS)


@st.composite
def legal_values(draw: st.DrawFn, spec: CommandSpec) -> dict[str, Value]:
    """Any legal values of a command: what `check` keeps of anything at all."""
    found: dict[str, Value] = {}
    for option in spec.options:
        if option.kind is not Kind.IMAGE and (option.required or draw(st.booleans())):
            try:
                relaxed = CommandSpec(name=spec.name, about=spec.about, options=(option,))
                found |= grammar.check({option.name: draw(raw_values(option))}, relaxed)
            except Misunderstood:
                continue
    assume(all(option.name in found for option in spec.options if option.required))
    return found


@given(st.data())
def test_what_is_written_reads_back_for_every_legal_value(data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(SPECS))
    values = data.draw(legal_values(spec))
    line = grammar.write(spec, values)
    name, rest = grammar.split(line)
    assert name == spec.name
    assert grammar.parse(rest, spec) == values
    assert "\n" not in line
    line.encode()


@given(st.data())
def test_checking_what_was_checked_changes_nothing(data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(SPECS))
    values = data.draw(legal_values(spec))
    assert grammar.check(values, spec) == values


@given(spec=st.sampled_from(SPECS), text=TEXTS)
@example(spec=IMAGINE, text="--")
@example(spec=IMAGINE, text="\0" * 50 + "\ud800")
@example(spec=IMAGINE, text='"' * 10_000)
@example(spec=IMAGINE, text="--seed " * 1_500)
@example(spec=IMAGINE, text="a " * 5_000)
@example(spec=EVERYTHING, text="")
def test_any_text_is_read_or_answered_with_a_line_that_works(spec: CommandSpec, text: str) -> None:
    outcome = outcome_of(text, spec)
    if isinstance(outcome, Misunderstood):
        assert outcome.sentence.endswith((".", "?"))
        assert outcome.advice
        name, rest = grammar.split(outcome.line)
        assert name == spec.name
        assert outcome.line.startswith(name)
        assert isinstance(outcome_of(rest, spec), dict)
    else:
        assert all(isinstance(value, get_args(Value)) for value in outcome.values())
        str(outcome).encode()


def outcome_of(text: str, spec: CommandSpec) -> dict[str, Value] | Misunderstood:
    try:
        return grammar.parse(text, spec)
    except Misunderstood as problem:
        return problem


def read(text: str, spec: CommandSpec = IMAGINE) -> dict[str, Value]:
    return grammar.parse(text, spec)


def refuse(text: str, spec: CommandSpec = IMAGINE) -> Misunderstood:
    with pytest.raises(Misunderstood) as caught:
        grammar.parse(text, spec)
    assert caught.value.advice
    grammar.parse(grammar.split(caught.value.line)[1], spec)
    return caught.value


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("/imagine a red fox", ("imagine", "a red fox")),
        ("Imagine  a red fox ", ("imagine", "a red fox")),
        ("quota", ("quota", "")),
        ("", ("", "")),
        (" / ", ("", "")),
        ("/imagine\na\nfox", ("imagine", "a\nfox")),
    ],
)
def test_split_gives_the_name_and_the_rest(line: str, parts: tuple[str, str]) -> None:
    assert grammar.split(line) == parts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a red fox", {"prompt": "a red fox"}),
        ("a red fox --ar 16:9 --seed 42", {"prompt": "a red fox", "ar": "16:9", "seed": 42}),
        ("--ar 16:9 a red --seed=42 fox", {"prompt": "a red fox", "ar": "16:9", "seed": 42}),
        ("a fox —ar 16:9 –seed 42", {"prompt": "a fox", "ar": "16:9", "seed": 42}),
        ("a fox -ar 16:9 --SEED 42", {"prompt": "a fox", "ar": "16:9", "seed": 42}),
        ("a fox --no text, watermark --steps 30", {"prompt": "a fox", "no": "text, watermark", "steps": 30}),
        ('--no "text, watermark" a fox', {"prompt": "a fox", "no": "text, watermark"}),
        ("--no=“text, watermark” a fox", {"prompt": "a fox", "no": "text, watermark"}),
        ('a fox --style "oil painting"', {"prompt": "a fox", "style": "oil painting"}),
        ("a fox --style “oil painting”", {"prompt": "a fox", "style": "oil painting"}),
        ('a sign that says "use --force" --seed 1', {"prompt": 'a sign that says "use --force"', "seed": 1}),
        ("a flag called \\--force", {"prompt": "a flag called --force"}),
        ('"a red fox" --seed 1', {"prompt": "a red fox", "seed": 1}),
        ('a 6" fox and a 7" hare --seed 1', {"prompt": 'a 6" fox and a 7" hare', "seed": 1}),
        ('he said "hi --seed 1', {"prompt": 'he said "hi', "seed": 1}),
        ("it's a dog's life -- or not — is it -- ", {"prompt": "it's a dog's life -- or not — is it --"}),
        ("a fox —the clever kind", {"prompt": "a fox —the clever kind"}),
        ("a  red\n\tfox\0 \ud83e", {"prompt": "a red fox"}),
        ("👩‍🎨 שלום \u200fעולם", {"prompt": "👩‍🎨 שלום \u200fעולם"}),
        ("--prompt a red fox --seed 0", {"prompt": "a red fox", "seed": 0}),
        ("a fox --seed 7 --seed 7", {"prompt": "a fox", "seed": 7}),
        ("a fox --guidance 7.5", {"prompt": "a fox", "guidance": 7.5}),
        ("", {}),
        (" \n ", {}),
    ],
)
def test_imagine_reads(text: str, values: dict[str, Value]) -> None:
    assert read(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("7KQ2 2 a blue fox", {"job": "7kq2", "image": 2, "prompt": "a blue fox"}),
        ("#7kq2 a blue fox", {"job": "7kq2", "prompt": "a blue fox"}),
        ("7kq2 --raw a blue fox", {"job": "7kq2", "raw": True, "prompt": "a blue fox"}),
        ("7kq2 --raw=no", {"job": "7kq2"}),
        ("--job 7kq2 3", {"job": "7kq2", "image": 3}),
        ("7kq2 --upscale-by 2", {"job": "7kq2", "upscale_by": 2}),
        ("7kq2 --upscale_by=2.0", {"job": "7kq2", "upscale_by": 2}),
        ("7kq2 --for <@!123> --mood wild", {"job": "7kq2", "for": "<@123>", "mood": "Wild"}),
        ("7kq2 --for <@U1|ann> --rate 050/Day", {"job": "7kq2", "for": "<@U1>", "rate": "50/day"}),
        ('7kq2 --for "@Ann Lee" --mood "very sad"', {"job": "7kq2", "for": "@Ann Lee", "mood": "very sad"}),
        ("7kq2 --rate unlimited", {"job": "7kq2", "rate": "unlimited"}),
        ("7kq2 --offset -5", {"job": "7kq2", "offset": -5}),
    ],
)
def test_options_of_every_kind_are_read(text: str, values: dict[str, Value]) -> None:
    assert read(text, EVERYTHING) == values


def test_positional_options_come_in_order_and_may_be_left_out() -> None:
    assert read("", QUOTA) == {}
    assert read("set @grace 50/day", QUOTA) == {"act": "set", "person": "@grace", "rate": "50/day"}
    assert read("show <@U1>", QUOTA) == {"act": "show", "person": "<@U1>"}


@pytest.mark.parametrize(
    ("typed", "ratio"),
    [
        ("16:9", "16:9"),
        ("16x9", "16:9"),
        ("16×9", "16:9"),
        ("16/9", "16:9"),
        ("1.5:1", "3:2"),
        ("1920x1080", "16:9"),
        ("21:9", "21:9"),
        ("8:1", "8:1"),
    ],
)
def test_ratio_is_kept_as_two_whole_numbers(typed: str, ratio: str) -> None:
    assert read(f"a fox --ar {typed}") == {"prompt": "a fox", "ar": ratio}


@pytest.mark.parametrize(
    ("text", "sentence", "line"),
    [
        ("a fox --steps many", '--steps takes a whole number from 1 to 150; you wrote "many".', "imagine a fox --steps 30"),
        ("a fox --steps 200", '--steps takes a whole number from 1 to 150; you wrote "200".', "imagine a fox --steps 150"),
        ("a fox --steps", "--steps takes a whole number from 1 to 150, and there is nothing after it.", "imagine a fox --steps 30"),
        ("a fox --steps 1.5", '--steps takes a whole number from 1 to 150; you wrote "1.5".', "imagine a fox --steps 2"),
        ("a fox --guidance 7,5", '--guidance takes a number from 0 to 30; you wrote "7,5".', "imagine a fox --guidance 7.5"),
        ("a fox --guidance nan", '--guidance takes a number from 0 to 30; you wrote "nan".', "imagine a fox --guidance 7"),
        ("a fox --ar wide", '--ar takes a ratio from 1:8 to 8:1, such as 16:9; you wrote "wide".', "imagine a fox --ar 16:9"),
        ("a fox --ar 9:1", '--ar takes a ratio from 1:8 to 8:1, such as 16:9; you wrote "9:1".', "imagine a fox --ar 16:9"),
        ("a fox --ar 0:0", '--ar takes a ratio from 1:8 to 8:1, such as 16:9; you wrote "0:0".', "imagine a fox --ar 16:9"),
        ("a fox --step 30", "There is no flag --step. Did you mean --steps?", "imagine a fox --steps 30"),
        ("a fox --stepps=30", "There is no flag --stepps. Did you mean --steps?", "imagine a fox --steps 30"),
        ("a fox —sed 42", "There is no flag —sed. Did you mean --seed?", "imagine a fox --seed 42"),
        ("a fox --quality high", "There is no flag --quality.", "imagine a fox"),
        ("a fox --zzz in the snow", "There is no flag --zzz.", "imagine a fox in the snow"),
        ("a fox --seed 1 --seed 2", '--seed is there twice: "1" and "2".', "imagine a fox --seed 2"),
        ("a fox --no a --no b", '--no is there twice: "a" and "b".', "imagine a fox --no a, b"),
        ("a fox --image here", "--image is a picture: attach it to the message.", "imagine a fox here"),
        (
            "a fox --steps many --ar wide",
            (
                '--steps takes a whole number from 1 to 150; you wrote "many". '
                '--ar takes a ratio from 1:8 to 8:1, such as 16:9; you wrote "wide".'
            ),
            "imagine a fox --ar 16:9 --steps 30",
        ),
    ],
)
def test_mistake_is_answered_with_a_sentence_and_the_line_that_works(text: str, sentence: str, line: str) -> None:
    problem = refuse(text)
    assert problem.sentence == sentence
    assert problem.line == line


def test_prefix_that_fits_several_flags_names_them_all() -> None:
    assert refuse("a fox --st 30").sentence == "There is no flag --st. Did you mean --steps, --strength or --style?"


def test_missing_job_is_asked_for_with_an_example() -> None:
    problem = refuse("", EVERYTHING)
    assert problem.sentence == "/everything needs a job: the job."
    assert problem.line == "everything 7kq2mw9x"


def test_words_that_nothing_takes_are_named() -> None:
    problem = refuse("show @grace 50/day please", QUOTA)
    assert problem.sentence == 'I do not know what "please" means to /quota.'
    assert problem.line == "quota show @grace 50/day"


def test_choice_is_corrected_to_the_one_it_resembles() -> None:
    problem = refuse("rest @grace", QUOTA)
    assert problem.sentence == 'The act takes show, set or reset; you wrote "rest".'
    assert problem.line == "quota reset @grace"


def test_prompt_of_more_than_4000_characters_is_refused_with_its_length() -> None:
    assert len(str(read("x" * 4000)["prompt"])) == 4000
    problem = refuse("fox " * 2500)
    assert problem.sentence == "The prompt may have 4,000 characters; yours has 9,999."
    assert 3900 < len(problem.line) < 4100


def test_typed_options_obey_the_same_rules_in_the_same_words() -> None:
    assert grammar.check({"prompt": " a\nfox ", "seed": "42", "guidance": 7, "no": "", "steps": 30.0}, IMAGINE) == {
        "prompt": "a fox",
        "seed": 42,
        "guidance": 7.0,
        "steps": 30,
    }
    with pytest.raises(Misunderstood, match=re.escape('--count takes a whole number from 1 to 10; you wrote "11".')) as caught:
        grammar.check({"prompt": "a fox", "count": 11}, IMAGINE)
    assert caught.value.line == "imagine a fox --count 10"


def test_typed_options_that_nobody_declared_are_refused() -> None:
    with pytest.raises(Misunderstood, match="no option called"):
        grammar.check({"colour": "red"}, IMAGINE)


def test_repaired_line_of_a_form_keeps_what_the_form_is_about() -> None:
    with pytest.raises(Misunderstood) as caught:
        grammar.check({"guidance": "lots"}, EVERYTHING, beside={"job": "7kq2"})
    assert caught.value.line == "everything 7kq2 --guidance 7"


def test_flag_that_is_off_and_picture_are_not_written() -> None:
    assert grammar.write(EVERYTHING, {"job": "7kq2", "raw": False, "picture": "abc"}) == "everything 7kq2"


def test_prompt_that_looks_like_flags_is_written_so_that_it_stays_a_prompt() -> None:
    assert grammar.write(IMAGINE, {"prompt": "a --seed of hope", "seed": 1}) == "imagine a \\--seed of hope --seed 1"
    assert grammar.write(EVERYTHING, {"job": "7kq2", "prompt": "2 foxes"}) == "everything 7kq2 --prompt 2 foxes"


@pytest.mark.parametrize(
    ("option", "typed", "kept"),
    [
        ("whom", "<@U1|ann>", "<@U1>"),
        ("whom", "<@&S1|@design>", "<@&S1>"),
        ("whom", "<#C1|brand>", "<#C1>"),
        ("whom", "<#C1|>", "<#C1>"),
        ("whom", "@design", "@design"),
        ("whom", "#brand", "#brand"),
        ("whom", "Everyone", "everybody"),
        ("whom", "@everyone", "everybody"),
        ("whom", "reviewer", "reviewers"),
        ("whom", "here", "here"),
        ("whom", "@here", "here"),
        ("alerts", "<#C1|ops>", "<#C1>"),
        ("alerts", "#ops", "#ops"),
        ("alerts", "None", "none"),
        ("style", "<#C1|noir>", "#noir"),
        ("over", "$2", "2"),
        ("over", "2.5", "2.50"),
        ("over", "$ 2.50", "2.50"),
        ("over", "2.00", "2"),
        ("during", "90m", "90m"),
        ("during", "2 days", "2d"),
        ("during", "1 Week", "1w"),
        ("during", "1y", "365d"),
        ("rate", "50", "50/day"),
        ("rate", "50/H", "50/hour"),
        ("rate", "$50/month", "$50/month"),
        ("rate", "$2.5/day", "$2.50/day"),
        ("rate", "$ 50 / week", "$50/week"),
        ("rate", "Unlimited/month", "unlimited/month"),
    ],
)
def test_people_groups_channels_and_amounts_have_one_canonical_form(option: str, typed: str, kept: str) -> None:
    assert read(f'7kq2 --{option} "{typed}"', EVERYTHING)[option] == kept
    assert grammar.check({option: kept}, EVERYTHING, beside={"job": "7kq2"}) == {option: kept}


@pytest.mark.parametrize(
    ("option", "typed", "reason", "mended"),
    [
        ("rate", "1,000/month", "Write thousands without a comma or a space.", "1000/month"),
        ("rate", "$2,50/day", "Write cents after a point.", "$2.50/day"),
        ("rate", "€50/month", "Money is counted in US dollars here.", "$50/month"),
        ("rate", "$50", "Money needs a time, too.", "$50/month"),
        ("rate", "2.5/day", "", "50/day"),
        ("rate", "10/rolling day", "", "10/day"),
        ("rate", "50/fortnight", "", "50/day"),
        ("over", "1,000", "Write thousands without a comma or a space.", "1000"),
        ("over", "2 euros", "Money is counted in US dollars here.", "2"),
        ("over", "much", "", "2.50"),
        ("during", "2", "", "2d"),
        ("during", "2 years", "", "2d"),
        ("during", "0d", "", "2d"),
        ("whom", "grace", "", "@design"),
        ("whom", "<@&>", "", "@design"),
        ("alerts", "<@U1>", "", "#ops"),
        ("alerts", "ops", "", "#ops"),
        ("for", "<@&S1>", "", "@grace"),
    ],
)
def test_what_is_no_amount_and_nobody_is_answered_with_the_reason_and_a_value_that_works(
    option: str, typed: str, reason: str, mended: str
) -> None:
    problem = refuse(f'7kq2 --{option} "{typed}"', EVERYTHING)
    assert f'; you wrote "{typed}".' in problem.sentence
    assert problem.sentence.endswith(reason)
    assert problem.line == f"everything 7kq2 --{option} {mended}"


def test_words_before_a_subject_or_an_amount_may_be_left_out() -> None:
    assert read("#brand $50/month", BUDGET) == {"whom": "#brand", "rate": "$50/month"}
    assert read("set $50/month 2d", BUDGET) == {"act": "set", "rate": "$50/month", "during": "2d"}
    assert read("here", BUDGET) == {"whom": "here"}
    assert read("set members 50/hour --alerts <#C9|ops>", BUDGET) == {
        "act": "set",
        "whom": "members",
        "rate": "50/hour",
        "alerts": "<#C9>",
    }


@pytest.mark.parametrize(
    ("text", "length"), [("90m", 5400), ("2h", 7200), ("1 week", 604_800), ("0m", None), ("400d", None), ("soon", None)]
)
def test_span_is_a_length_of_time(text: str, length: int | None) -> None:
    span = grammar.span_of(text)
    assert (None if span is None else span.total_seconds()) == length


def test_rate_says_how_much_of_what_and_when() -> None:
    rate = grammar.rate_of("$2.50/week")
    assert rate is not None
    assert (rate.amount, rate.money, rate.window) == (Decimal("2.50"), True, "week")
    assert grammar.rate_of("unlimited") == grammar.Rate(amount=None, money=False, window="")
    assert grammar.rate_of("lots") is None


@given(TEXTS)
def test_marks_are_replaced_and_all_else_stays(text: str) -> None:
    assert grammar.replace_marks(text.replace("<", ""), lambda _: "?") == text.replace("<", "")
    shown = grammar.replace_marks("by <@!U1> of <@&S1|x> in <#C1|>", lambda mark: f"{mark.sign}{mark.id} {mark.noun.name}")
    assert shown == "by @U1 PERSON of @S1 GROUP in #C1 CHANNEL"


def test_mark_that_carries_a_name_is_an_id_for_options_and_a_name_in_texts() -> None:
    assert read("a poster for <#C1|brand>, by <@&S1|@design> and <@U1|ann> in <#C2|>") == {
        "prompt": "a poster for #brand, by @design and <@U1> in <#C2>"
    }
    assert read("set <@&S1|design> 50/day", BUDGET) == {"act": "set", "whom": "<@&S1>", "rate": "50/day"}
    assert "|" not in str(read("<#C1|" * 500 + "x" + ">" * 490)["prompt"])


def test_known_names_are_marked_and_keep_what_was_typed() -> None:
    known = {"@design": grammar.Mark(noun=grammar.Noun.GROUP, id="S1"), "#brand": grammar.Mark(noun=grammar.Noun.CHANNEL, id="C1")}
    assert grammar.mark_names("set @Design, (#brand) 5/day", known) == "set <@&S1|Design>, (<#C1|brand>) 5/day"
    for untouched in ("me@design", "@designer", "#brand/x", "<@design>", "a#brand", "design"):
        assert grammar.mark_names(untouched, known) == untouched
    team = {"@design team": grammar.Mark(noun=grammar.Noun.GROUP, id="S1")}
    assert grammar.mark_names(" @Design Team ", team) == "<@&S1|Design Team>"


def test_usage_is_one_line() -> None:
    assert grammar.usage(QUOTA) == "quota [show|set|reset] [person] [rate]"
    assert grammar.usage(IMAGINE).startswith("imagine [prompt] [--ar 16:9] [--count 1-10] [--seed 0-4294967295]")
    assert "--image" not in grammar.usage(IMAGINE)
