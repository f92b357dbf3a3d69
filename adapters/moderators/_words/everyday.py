"""Everyday words: what emoji stand for, short words that are no broken pieces, and words that tell in which direction a text reads."""

from types import MappingProxyType

EMOJI = MappingProxyType(
    {
        "🔫": "gun", "💣": "bomb", "🧨": "explosive", "🔪": "knife", "🗡": "knife", "🩸": "blood",
        "👶": "child", "🧒": "child", "👧": "child", "👦": "child", "🔞": "nsfw", "👙": "bikini",
        "🍆": "penis emoji", "💊": "pills", "💉": "syringe", "🪢": "noose", "卐": "swastika",
        "卍": "swastika", "👮": "police", "🚔": "police car", "⚰": "coffin", "☠": "skull", "💀": "skull",
        "🧪": "chemicals", "🪓": "axe", "🅰": "a", "🅱": "b", "🅾": "o", "🅿": "p", "⭕": "o", "❌": "x",
        "❎": "x", "✖": "x", "ℹ": "i", "Ⓜ": "m", "❗": "i", "💲": "s", "✝": "t", "➕": "t",
    }
)  # fmt: skip
"""What an emoji says as a word, or which letter it stands for."""

_SHORT_ONES = (
    "a an the is it in on of to by as at am be do go he hi if me my no or so up us we i and are art age air all any arm axe bad "
    "bag ban bar bat bay bed bee bet bid big bit bow box boy bus but buy can cap car cat cow cry cup cut dad day dew did dig dim "
    "dip dog dot dry due ear eat ego egg elf end era eve eye far fat fee few fig fin fit fix fly fog for fox fun fur gap gas gem "
    "get god got gum gun guy gym had ham has hat hay hen her hid him hip his hit hop hot how hut ice ill ink inn its jam jar jaw "
    "jet job joy key kid kit lab lap law lay led leg let lid lie lip lit log lot low mad man map mat men met mix mob mom mud mug "
    "nap net new nil nod nor not now nun nut oak odd off oil old one our out owl own pad pan paw pay pea pen pet pie pig pin pit "
    "pot put rag ram ran rat raw ray red rib rid rim rip rob rod row rub rug run sad saw say sea see set sew she shy sin sip sir "
    "sit six ski sky sly son spy sum sun tab tag tan tap tar tax tea ten tie tin tip toe ton too top toy try tub two use van via "
    "vet war was wax way web wed wet who why wig win wit won yes yet you zip zoo ex de la el le un der die das und den ein les des "
    "que con los las una por di il il da "
)
SHORT = frozenset(_SHORT_ONES.split())
"""Words of up to three letters; other pieces of that length may be half a word."""
_COMMON_ONES = (
    "the and with for from how make making build woman man men women girl boy child photo picture image drawing painting poster "
    "portrait scene that this his her their into over under being having showing wearing holding step realistic fake real person "
    "people white black naked "
)
COMMON = frozenset(_COMMON_ONES.split())
"""Words that tell in which direction a text reads."""
