"""How long items are kept."""

from typing import Final

LEAST_DAYS: Final = 150
"""A recount after a change of the taxonomy reads texts. Were they gone from days on which trends are tested
(112 of them, and alarms are raised up to 35 days back), an added concept would seem to be new."""
