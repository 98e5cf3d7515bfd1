import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_DOUBLED = re.compile(r"(.)\1+")
# Applied in this order to folded text: letters that sound alike in Peruvian Spanish become one.
_SOUNDS = (
    (re.compile(r"\b[hg]?u(?=[aei])"), "w"),  # Huancayo, Guancayo, Wancayo
    (re.compile(r"qu|q|c(?![eih])"), "k"),  # Arequipa, Arekipa; Cusco, Cusko
    (re.compile(r"[cz](?!h)"), "s"),  # Cuzco, Cusco
    (re.compile(r"ll"), "y"),
    (re.compile(r"v"), "b"),
    (re.compile(r"(?<!c)h"), ""),  # Huánuco, Uánuco; "ch" stays
)


def fold(text: str) -> str:
    """Lower case, without accents; everything that is neither letter nor digit becomes one space."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_A_WORD.sub(" ", plain).strip()


def sound(folded: str) -> str:
    """A key that spellings pronounced alike in Peru share; without spaces and doubled letters."""
    for pattern, letter in _SOUNDS:
        folded = pattern.sub(letter, folded)
    return _DOUBLED.sub(r"\1", folded.replace(" ", ""))


def one_slip_apart(left: str, right: str) -> bool:
    """Whether a letter lost, added or replaced, or two neighbours swapped, makes one word of the other."""
    pairs = zip(left, right, strict=False)
    same = next((at for at, (x, y) in enumerate(pairs) if x != y), min(len(left), len(right)))
    a, b = left[same:], right[same:]
    return a == b or a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
