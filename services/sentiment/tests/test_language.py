import pytest
from pulso_sentiment.domain.language import is_other_language


@pytest.mark.parametrize(
    "text",
    [
        "Bacán el lomo saltado",
        "Péssimo atendimento, comida fria, não volto",
        "Terrible service",
        "Ancha sumaq mikhuy, t'anta ñuqanchispaq, chʼisi",
        "𝓫𝓪𝓬𝓪́𝓷 ＰＲＥＣＩＯ",
        "El 寿司 estuvo rico",
        "😡😡 10/10",
        "",
    ],
)
def test_what_the_model_reads_is_not_flagged(text: str):
    assert not is_other_language(text, unknown_share=0.2)


@pytest.mark.parametrize(
    "text", ["Очень вкусно", "とても美味しい", "الطعام لذيذ", "rico とても美味しいです", "맛있어요 ok"]
)
def test_other_scripts_are_flagged(text: str):
    assert is_other_language(text, unknown_share=0.2)


def test_words_of_which_most_pieces_are_unknown_are_flagged_but_not_pictures():
    assert is_other_language("ƕƿ þæt", unknown_share=0.6)
    assert not is_other_language("🫠🫡", unknown_share=0.9)
