"""Whether talk of a product leads what is known of it by week: sales, or stars."""

from enum import StrEnum

from pulso_contracts.base import Lenient


class TalkLink(StrEnum):
    """What the held-out weeks say of talk and the target; `no_link` is a normal answer.

    A link has a q-value of at most 0.03 and takes away at least a twentieth of the held-out squared error.
    """

    TALK_LEADS = "talk_leads"
    TOGETHER = "together"
    NO_LINK = "no_link"
    NOT_ENOUGH_DATA = "not_enough_data"


class TalkMeasure(StrEnum):
    """What of the talk was tested: how many items there are, and their mean score."""

    COUNT = "count"
    SCORE = "score"


class TalkDirection(StrEnum):
    """Whether more talk, or a better score, goes with more or with less of the target."""

    MORE = "more"
    LESS = "less"


class TalkVerdict(Lenient):
    """Whether talk of one product leads the target.

    Attributes:
        product: Its name, as in feedback.
        link: The finding.
        weeks: By how many weeks talk leads; 0 when both move together; None without a link.
        measure: What of the talk it is; None without a link.
        direction: Whether more of it goes with more or with less of the target; None without a link.
        gain: Share of the squared error of forecasts of held-out weeks that knowing the talk takes away;
            below 0 when it makes them worse. None when nothing was tested.
        p_value: How often talk in shuffled order does as well.
        q_value: The p-value corrected for the number of products tested (Benjamini and Hochberg 1995).
        weeks_used: Weeks that were fitted or tested.
        weeks_held_out: Of these, the last ones, which chose nothing.
    """

    product: str
    link: TalkLink
    weeks: int | None = None
    measure: TalkMeasure | None = None
    direction: TalkDirection | None = None
    gain: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    weeks_used: int = 0
    weeks_held_out: int = 0
