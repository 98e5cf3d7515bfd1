"""One spelling for each text: NFC, without markup, control characters and invisible code points."""

import html
import re
import unicodedata
from typing import Final

MAX_ESCAPE_LAYERS: Final = 8
"""Exports escape a text twice at most; deeper nesting is hostile and stays as it is."""

# Names only: "<3", "precio <20 y >10" and "<S/ 15>" are what people write, not markup.
_TAG_NAMES: Final = (
    "a|abbr|address|article|audio|b|big|blockquote|body|br|button|center|code|dd|del|details|div|dl|dt|em|embed|"
    "figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li|link|main|mark|meta|nav|"
    "object|ol|option|p|picture|pre|q|s|section|select|small|source|span|strike|strong|sub|summary|sup|svg|table|"
    "tbody|td|textarea|tfoot|th|thead|title|tr|u|ul|video|wbr"
)
_INLINE: Final = re.compile(
    "a|abbr|b|big|code|del|em|font|i|ins|label|mark|q|s|small|span|strike|strong|sub|sup|u|wbr", re.IGNORECASE
)
_TAG: Final = re.compile(rf"</?({_TAG_NAMES})(?:\s[^<>]*|/)?>", re.IGNORECASE)
_HIDDEN_CONTENT: Final = re.compile(
    r"<!--.*?-->|<(script|style)(?:\s[^<>]*)?>.*?</\1\s*>|</?(?:script|style)(?:\s[^<>]*)?>",
    re.IGNORECASE | re.DOTALL,
)
# The semicolon is required: "?a=1&copy=2" in a link is no copyright sign.
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_NEWLINE: Final = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]")
# Zero-width, bidirectional, filler and annotation characters, and selectors that can carry hidden bytes.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e001f\U000e0080-\U000e0fff\ud800-\udfff]"
)
_EMOJI: Final = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# A joiner belongs between two emojis, a selector after one (or a keycap's digit), tags after the black flag.
_STRAY_JOINER: Final = re.compile(
    f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
    f"|(?<![{_EMOJI}0-9#*])\ufe0f"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+"
)
_SUSPECT: Final = re.compile("[&<\x00-\x08\x0b-\x1f\x7f]")
# Letters and digits of another style ("𝓫𝓾𝓮𝓷𝓸", "９８７") hide words and numbers from model and redaction.
_STYLED: Final = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff]|[^\\D0-9]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINE_BREAKS: Final = re.compile(r" ?\n[ \n]*")


def normalise(text: str) -> str:
    """The text in NFC, unescaped, without tags and invisible characters, with single spaces and line breaks.

    Emoji sequences keep their joiners and variation selectors. The result may be empty. Applying it twice
    gives what applying it once gives, as long as entities are not nested deeper than `MAX_ESCAPE_LAYERS`.
    """
    if not text.isascii() or _SUSPECT.search(text):
        for _ in range(MAX_ESCAPE_LAYERS):
            cleaned = _clean(text)
            if cleaned == text:
                break
            text = cleaned
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    if "\n" in text:
        text = _LINE_BREAKS.sub("\n", text)
    return text.strip()


def _clean(text: str) -> str:
    text = _STYLED.sub(_plain, text)
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    text = _NEWLINE.sub("\n", text)
    text = _CONTROL.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    if "<" in text:
        text = _HIDDEN_CONTENT.sub(" ", text)
        text = _TAG.sub(lambda tag: "" if _INLINE.fullmatch(tag[1]) else "\n", text)
    return _STRAY_JOINER.sub("", text)


def _plain(character: re.Match[str]) -> str:
    digit = unicodedata.decimal(character[0], None)
    return unicodedata.normalize("NFKC", character[0]) if digit is None else str(digit)
