import pytest
from pulso_sentiment.domain.language import has_letters, is_other_language


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
        "todo full bien bro, nice el delivery",
        "ta q asu de frío llegó mi caldo",
        "Añañau",
        "jajajaja xd",
    ],
)
def test_what_the_model_reads_is_not_flagged(text: str):
    assert not is_other_language(text)


@pytest.mark.parametrize(
    "text", ["Очень вкусно", "とても美味しい", "الطعام لذيذ", "rico とても美味しいです", "맛있어요 ok"]
)
def test_other_scripts_are_flagged(text: str):
    assert is_other_language(text)


@pytest.mark.parametrize(
    "text",
    [
        "Das Essen war kalt und der Fahrer sehr unfreundlich",
        "La livraison était en retard et la nourriture froide",
        "Il cibo era freddo e il cameriere scortese",
        "sdkfjhsdkjfh",
        "Jedzenie było zimne, nie polecam",
    ],
)
def test_other_languages_and_none_in_latin_letters_are_flagged(text: str):
    assert is_other_language(text)


def test_pictures_and_figures_are_in_no_language():
    assert not has_letters("🫠🫡 10/10")
    assert has_letters("ｐ")
