"""From an opinion to a text as it is written in one channel."""

from collections.abc import Callable
from typing import Any, Final

from pulso_contracts.feedback import Channel
from pulso_contracts.peru.spelling import fold

from pulso_cli.sample.data_files import read_toml
from pulso_cli.sample.opinion import Opinion
from pulso_cli.sample.personal_data import contact_line
from pulso_cli.sample.phrasebook import FILLERS, Polarity, foreign
from pulso_cli.sample.typing_habits import careful, casual
from pulso_cli.sample.voice import Voice, capitalise, contract, link

REGISTERS: Final[dict[str, Any]] = read_toml("registers")

_HIGHLANDS_TALK: Final = 0.25
"""In the highlands, this part of the openers is an exclamation in Quechua."""


def write(voice: Voice, channel: Channel, opinion: Opinion, source: str) -> str:
    """The text of one message in Spanish."""
    if channel is Channel.OTHER:
        return _reported(voice, opinion, source)
    return _FORMS[channel](voice, opinion)


def ask(voice: Voice) -> str:
    """A question in a chat, without an opinion."""
    register = REGISTERS[Channel.CHAT]
    return casual(voice.rng, f"{voice.pick(register['greetings'])}, {voice.say(voice.pool.question)}")


def suggest(voice: Voice) -> str:
    """An answer to "what would you improve?"."""
    return casual(voice.rng, voice.say(voice.pool.suggestion))


def write_foreign(voice: Voice, language: str, polarity: Polarity) -> str:
    """One or two sentences in English, Portuguese or Quechua."""
    text = voice.say(foreign(language, voice.product.domain)[polarity])
    if voice.chance(0.55):
        text = f"{text}. {voice.say(foreign(language, 'closing')[polarity])}"
    return capitalise(text) + ("" if text.endswith("!") else ".")


def _survey(voice: Voice, opinion: Opinion) -> str:
    if voice.chance(0.42):
        short = voice.pool.short[opinion.polarity]
        text = voice.say(short)
        if voice.chance(0.35) and (more := voice.say(short)) != text:
            text = f"{text}, {more}"
        return casual(voice.rng, capitalise(text) if voice.chance(0.4) else text)
    return casual(voice.rng, capitalise(voice.argue(opinion, closing=voice.chance(0.2))))


def _post(voice: Voice, opinion: Opinion) -> str:
    register = REGISTERS[Channel.SOCIAL_MEDIA]
    introduced = voice.chance(0.4)
    text = voice.argue(opinion, context=introduced, closing=voice.chance(0.4))
    if not introduced and voice.chance(0.45):
        handle = f"@{fold(voice.product.called.removeprefix('el ').removeprefix('la ')).replace(' ', '')}"
        text = f"{handle} {text}"
    elif voice.chance(0.4):
        text = f"{_opener(voice, opinion.polarity)} {text}"
    text = casual(voice.rng, capitalise(text))
    if opinion.polarity is not Polarity.POSITIVE and voice.chance(0.12):
        text = f"{text} {voice.pick(register['laughs'])}"
    if voice.chance(0.25):
        text = f"{text} {voice.pick(register['tags'])}"
    return _with_emojis(voice, text, opinion.polarity) if voice.chance(0.5) else text


def _opener(voice: Voice, polarity: Polarity) -> str:
    register = REGISTERS[Channel.SOCIAL_MEDIA]
    if voice.department.macro_region == "highlands" and voice.chance(_HIGHLANDS_TALK):
        return str(voice.pick(register["opener_highlands"][polarity]))
    return str(voice.pick(register["openers"]))


def _email(voice: Voice, opinion: Opinion) -> str:
    register = REGISTERS[Channel.EMAIL]
    name = voice.pick(FILLERS["nombre"][0])
    greeting = contract(voice.pick(register["greetings"]).replace("{marca}", voice.product.called))
    body = f"{capitalise(voice.argue(opinion, context=True, closing=voice.chance(0.4)))}."
    if voice.chance(0.6):
        body = f"{voice.pick(register['reasons'][opinion.polarity])} {body}"
    body = careful(voice.rng, f"{body} {voice.pick(register['asks'][opinion.polarity])}")
    if voice.chance(0.28):
        # Typed without slips: one in a reserved domain could make an address that is somebody's.
        body = f"{body} {contact_line(voice.rng, name)}"
    return f"{greeting}\n{body}\n{voice.pick(register['farewells'])}\n{name}"


def _chat(voice: Voice, opinion: Opinion) -> str:
    register = REGISTERS[Channel.CHAT]
    text = voice.argue(opinion, context=voice.chance(0.3))
    if voice.chance(0.6):
        text = f"{voice.pick(register['greetings'])}, {text}"
    if voice.chance(0.55):
        text = f"{text}, {voice.pick(register['thanks'][opinion.polarity])}"
    text = casual(voice.rng, text)
    if voice.chance(0.05):
        text = link(text, ". ", contact_line(voice.rng, voice.pick(FILLERS["nombre"][0])))
    return _with_emojis(voice, text, opinion.polarity) if voice.chance(0.25) else text


def _review(voice: Voice, opinion: Opinion) -> str:
    register = REGISTERS[Channel.REVIEW]
    text = capitalise(voice.argue(opinion, context=voice.chance(0.35), closing=voice.chance(0.55)))
    if voice.chance(0.3):
        text = f"{voice.pick(register['titles'][opinion.polarity])}. {text}"
    text = casual(voice.rng, text) if voice.chance(0.3) else careful(voice.rng, f"{text}.")
    return _with_emojis(voice, text, opinion.polarity) if voice.chance(0.18) else text


def _stall(voice: Voice, opinion: Opinion) -> str:
    register = REGISTERS[Channel.MARKET]
    if voice.pool.stall is None:
        raise ValueError(f"no market notes about {voice.product.domain}")
    text = voice.say(voice.pool.stall[opinion.polarity])
    if voice.chance(0.45):
        return f"{voice.pick(register['stalls'])}, {voice.place}: {text}."
    return careful(voice.rng, f"{capitalise(text)}.")


def _reported(voice: Voice, opinion: Opinion, source: str) -> str:
    said = careful(
        voice.rng, capitalise(voice.argue(opinion, context=voice.chance(0.5), closing=voice.chance(0.3)))
    )
    frame: str = REGISTERS[Channel.OTHER]["frames"][source]
    sheet = f"{voice.rng.randrange(1_000):03d}"
    return frame.format(lugar=voice.place, hoja=sheet, dicho=f"{said}.")


def _with_emojis(voice: Voice, text: str, polarity: Polarity) -> str:
    emojis = REGISTERS["emojis"]
    chosen = voice.pick(emojis[polarity]) * (1 if voice.chance(0.6) else 3)
    if polarity is Polarity.POSITIVE and voice.chance(0.3):
        chosen = voice.pick(emojis[voice.product.domain]) + chosen
    return f"{text} {chosen}"


_FORMS: Final[dict[Channel, Callable[[Voice, Opinion], str]]] = {
    Channel.SURVEY: _survey,
    Channel.SOCIAL_MEDIA: _post,
    Channel.EMAIL: _email,
    Channel.CHAT: _chat,
    Channel.REVIEW: _review,
    Channel.MARKET: _stall,
}
