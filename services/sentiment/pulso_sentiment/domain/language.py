"""Whether a text is in a language that the model does not read at all."""

import re
import unicodedata

_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u1e00-\u1eff]")


def is_other_language(text: str, unknown_share: float) -> bool:
    """Tell whether `text` is surely not Spanish, Portuguese, English or Quechua.

    So it is when more than half of its letters are not Latin ones, or more than half of its pieces are not in
    the vocabulary, which holds what those four languages are written with. A text without letters (emoji,
    figures) is in no language; German or French is not noticed.

    Args:
        text: As it was sent; letters in fancy typefaces count as the letters they stand for.
        unknown_share: Share of the text's pieces that are not in the model's vocabulary.
    """
    plain = unicodedata.normalize("NFKC", text)
    letters = len(_LETTER.findall(plain))
    foreign = letters - len(_LATIN.findall(plain))
    return letters > 0 and (2 * foreign > letters or unknown_share > 0.5)
