from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Trend:
    """A change that is put into the sample on purpose, so that whoever looks for trends can be checked.

    Attributes:
        title: The change in one sentence.
        department: Ubigeo of the only department where it happens.
        product: Name of the product in the catalogue.
        aspect: None: the product's share of all that is said in the department changes. Otherwise the share
            of bad opinions on this aspect among all opinions on the product changes.
        days: It begins this many days before the end of the sample.
        ramp: Days that it takes to reach its full strength, in a straight line.
        factor: How many times the usual share, at full strength.
    """

    title: str
    department: str
    product: str
    aspect: str | None
    days: int
    ramp: int
    factor: float

    def factor_at(self, days_before_end: float) -> float:
        """The factor of one moment: 1 before the change begins."""
        progress = (self.days - days_before_end) / self.ramp
        return 1.0 + (self.factor - 1.0) * min(max(progress, 0.0), 1.0)


PLANTED: Final = (
    Trend(
        title="In Arequipa, talk of Qori's maracuyá and muña soda rises to nine times its share",
        department="04",
        product="Qori Maracuyá y Muña",
        aspect=None,
        days=21,
        ramp=3,
        factor=9.0,
    ),
    Trend(
        title="In Lima, complaints about waiting for Chaskigo grow to six times their share",
        department="15",
        product="Chaskigo",
        aspect="tiempo",
        days=14,
        ramp=3,
        factor=6.0,
    ),
    Trend(
        title="In La Libertad, talk of Mochica's lúcuma alfajor fades to a seventh of its share",
        department="13",
        product="Alfajor Mochica de Lúcuma",
        aspect=None,
        days=28,
        ramp=5,
        factor=0.15,
    ),
)
"""What is planted. All other shares stay as they are; volume follows only the hour and the weekday."""
