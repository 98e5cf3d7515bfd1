"""A level that wanders, effects of the calendar, and noise: one state-space model for all series."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

import numpy as np

from pulso_trends.domain.forecasting.effects import WEEK, Floats

_PACES: Final = (0.0, 0.001, 0.004, 0.015, 0.05, 0.15, 0.4)
"""How far the level moves in a day: variance of a step over the variance of the noise."""
_SHARES: Final = (0.0, 0.5, 1.0)
"""How much of the noise follows the given sizes; the rest is the same on all days."""
_FIRST_LEVEL: Final = 100.0
_LEAST_SPREAD: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Days:
    """What the model is shown. Days past the end of `values` are the ones to foretell.

    Attributes:
        values: Of each day of the history; NaN where the model shall learn nothing.
        noise: Variance of each of these days beside its truth, up to a common factor.
        foreseen: The same as was to be expected beforehand, for days to come too.
        effects: Columns [day, effect], for days to come too.
        prior: How large effects are before anything is known of them, as a standard deviation.
    """

    values: Floats
    noise: Floats
    foreseen: Floats
    effects: Floats
    prior: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """What holds for all days: the pace of the level, the share of known noise, and the spread.

    Attributes:
        pace: Variance of the level's daily step, in variances of the noise.
        share: Of the noise that follows `Days.noise`.
        spread: Standard deviation of the noise on a mean day.
        usual_noise: The mean of `Days.noise`.
        start: The level before the first day.
    """

    pace: float
    share: float
    spread: float
    usual_noise: float
    start: float

    def sizes(self, noise: Floats) -> Floats:
        """Return the variances of noise, in variances of a mean day."""
        return self.share * noise / self.usual_noise + 1 - self.share


@dataclass(frozen=True, slots=True)
class Filtered:
    """What was known after each day, from that day and the ones before it."""

    days: Days
    learnt: Learnt
    states: Floats
    """[day, state]: the level, then the effects."""
    covariances: Floats
    """[day, state, state], in squares of `spread`."""

    def ahead(self, steps: int, foreseen: Floats | None = None) -> tuple[Floats, Floats]:
        """Return what each day foretold for the day `steps` later, and the standard deviation of that.

        Args:
            steps: Days ahead, from 1.
            foreseen: Sizes of the noise instead of `Days.foreseen`.

        Returns:
            Two arrays, of the origins whose target lies within `Days.effects`.
        """
        columns = _columns(self.days.effects)[steps : len(self.states) + steps]
        origins = len(columns)
        noise = self.days.foreseen if foreseen is None else foreseen
        known = np.einsum("ti,tij,tj->t", columns, self.covariances[:origins], columns)
        variance = known + steps * self.learnt.pace + self.learnt.sizes(noise[steps : steps + origins])
        return np.einsum("ti,ti->t", columns, self.states[:origins]), self.learnt.spread * np.sqrt(variance)


def learn(days: Days) -> Learnt:
    """Return the pace, share and spread under which the history is likeliest.

    The spread has a closed form. Of the other two every pair of a small grid is tried: that always ends, and
    twice the same history gives twice the same answer.
    """
    values = days.values
    seen = np.isfinite(values)
    first = Learnt(
        pace=0.0,
        share=0.0,
        spread=_rough_spread(values),
        usual_noise=float(days.noise[seen].mean()),
        start=float(np.median(values[seen][:WEEK])),
    )
    best, most = first, -np.inf
    for pace, share in product(_PACES, _SHARES):
        tried = replace(first, pace=pace, share=share)
        found = _kalman(days, tried).filter()
        errors, variances = found.forecasts_error[0][seen], found.forecasts_error_cov[0, 0][seen]
        factor = float(np.mean(errors**2 / variances)) + _LEAST_SPREAD
        likelihood = -0.5 * (float(np.log(variances).sum()) + len(errors) * float(np.log(factor)))
        if likelihood > most:
            best, most = replace(tried, spread=tried.spread * float(np.sqrt(factor))), likelihood
    return best


def filtered(days: Days, learnt: Learnt) -> Filtered:
    """Go through the history day by day (Kalman 1960; Durbin and Koopman 2012, chapter 4)."""
    found = _kalman(days, learnt).filter()
    states = found.filtered_state.T * learnt.spread
    states[:, 0] += learnt.start
    return Filtered(days, learnt, states, np.moveaxis(found.filtered_state_cov, 2, 0))


def _kalman(days: Days, learnt: Learnt) -> Any:
    """The model in statsmodels' form, with values counted from the start in spreads."""
    from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

    columns = _columns(days.effects)[: len(days.values)]
    states = columns.shape[1]
    model = KalmanFilter(k_endog=1, k_states=states, k_posdef=1)
    model.bind(((days.values - learnt.start) / learnt.spread)[:, None])
    model["design"] = np.ascontiguousarray(columns.T[None])
    model["transition"] = np.eye(states)
    model["selection"] = np.eye(states, 1)
    model["state_cov"] = np.array([[learnt.pace]])
    model["obs_cov"] = learnt.sizes(days.noise)[None, None]
    prior = np.full(states, (days.prior / learnt.spread) ** 2)
    prior[0] = _FIRST_LEVEL
    model.initialize_known(np.zeros(states), np.diag(prior))
    return model


def _columns(effects: Floats) -> Floats:
    return np.hstack([np.ones((len(effects), 1)), effects])


def _rough_spread(values: Floats) -> float:
    """The noise by the median change within a week, which neither a season nor a few strays move."""
    change = values[WEEK:] - values[:-WEEK]
    change = change[np.isfinite(change)]
    spread = 1.4826 * float(np.median(np.abs(change))) / np.sqrt(2) if len(change) else 0.0
    return max(spread, 0.2 * float(np.nanstd(values)), 1e-3)
