"""XMP: the packet that says in the press's words how a picture came to be."""

import re
from enum import StrEnum
from xml.sax.saxutils import escape

PROMPT_LONGEST = 5_000
"""Characters of the prompt in the packet: a JPEG has room for 65,000 bytes of XMP."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class DigitalSource(StrEnum):
    """IPTC's digital source types that Limner's pictures have (cv.iptc.org/newscodes/digitalsourcetype)."""

    TRAINED = "trainedAlgorithmicMedia"
    """Made by a model that learned from pictures."""
    PROCEDURAL = "algorithmicMedia"
    """Made by a program that learned from nothing."""


def packet(*, source: DigitalSource, system: str, version: str, prompt: str) -> bytes:
    """An XMP packet in UTF-8.

    Args:
        source: how the picture came to be.
        system: who drew: provider and model.
        version: the model's version, or empty.
        prompt: what was asked; what XML cannot hold is left out.
    """
    learned = source is DigitalSource.TRAINED
    properties = {
        "Iptc4xmpExt:DigitalSourceType": f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}",
        "Iptc4xmpExt:AISystemUsed": system if learned else "",
        "Iptc4xmpExt:AISystemVersionUsed": version if learned else "",
        "Iptc4xmpExt:AIPromptInformation": prompt[:PROMPT_LONGEST] if learned else "",
        "xmp:CreatorTool": f"Limner ({system})" if system else "Limner",
    }
    lines = "\n".join(f"   <{name}>{_text(value)}</{name}>" for name, value in properties.items() if value)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about=""\n'
        '    xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n'
        '    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">\n'
        f"{lines}\n"
        "  </rdf:Description>\n"
        " </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    ).encode()


def _text(value: str) -> str:
    return escape(_ILLEGAL.sub("", value))
