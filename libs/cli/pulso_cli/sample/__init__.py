"""A seeded feed of believable Peruvian consumer feedback, with known changes planted in it.

People, brands and products are invented. A record begins as a latent opinion (who, where, on what, which
aspects, good or bad), is worded from hand-written phrases that agree in gender and number, is shaped by its
channel, and at last typed with the habits of real fingers. `PLANTED` says what changes, where, when and how
strongly: a soda that rises in Arequipa, waiting for an app that gets worse in Lima, a sweet that fades in La
Libertad.
"""

from pulso_cli.sample.generator import DAYS, DEFAULT_ROWS, generate
from pulso_cli.sample.output import write_sample
from pulso_cli.sample.planted import PLANTED, Trend

__all__ = ["DAYS", "DEFAULT_ROWS", "PLANTED", "Trend", "generate", "write_sample"]
