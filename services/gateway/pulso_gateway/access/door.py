"""The decision at the door: who is it, may they, and not too often."""

from collections.abc import Mapping
from dataclasses import dataclass

from pulso_kit.errors import Forbidden, PulsoError, TooManyRequests, Unauthenticated

from pulso_gateway.access.rates import Allowance, RateLimits
from pulso_gateway.access.verifier import Caller, KeyVerifier
from pulso_gateway.domain.api_keys import Role
from pulso_gateway.metrics import REFUSED


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller who was let in, and what is left of their rate."""

    caller: Caller
    allowance: Allowance


class Door:
    """Lets callers in or refuses them."""

    def __init__(
        self,
        verifier: KeyVerifier,
        rates: RateLimits,
        *,
        per_role: Mapping[Role, int],
        anonymous: int,
        refused: int,
    ) -> None:
        """Joins verifier and rates.

        Args:
            verifier: Knows the keys.
            rates: Counts requests.
            per_role: Requests a minute for one key of each role.
            anonymous: Requests a minute without a key, per address.
            refused: Wrong keys a minute, per address.
        """
        self._verifier = verifier
        self._rates = rates
        self._per_role = per_role
        self._anonymous = anonymous
        self._refused = refused

    async def admit(self, key: str | None, *, address: str, roles: frozenset[Role]) -> Admission:
        """Lets a request in.

        Raises:
            Unauthenticated: No key, or not a good one.
            TooManyRequests: Over the rate of this key, or over the wrong keys allowed from this address.
            Forbidden: The key's role is too small.
        """
        try:
            caller = await self._identify(key, address)
            allowance = await self._rates.take("key", caller.key_id, per_minute=self._per_role[caller.role])
            _demand(allowance, "This API key makes too many requests.")
            if caller.role not in roles:
                needed = " or ".join(sorted(roles))
                raise Forbidden(f"This needs a key with the role {needed}; this key is a {caller.role}.")
        except PulsoError as error:
            REFUSED.labels(reason=error.slug).inc()
            raise
        return Admission(caller, allowance)

    async def admit_anonymous(self, *, address: str) -> Allowance:
        """Lets a request in that needs no key.

        Raises:
            TooManyRequests: Over the rate of this address.
        """
        allowance = await self._rates.take("anonymous", address, per_minute=self._anonymous)
        _demand(allowance, "This address makes too many requests.")
        return allowance

    async def _identify(self, key: str | None, address: str) -> Caller:
        if key is None:
            await self.admit_anonymous(address=address)
            raise Unauthenticated("An API key is needed, as `Authorization: Bearer …` or `X-API-Key`.")
        known = self._verifier.recall(key)
        if known is not None:
            return known
        guesses = await self._rates.left("refused", address, per_minute=self._refused)
        _demand(guesses, "Too many wrong API keys came from this address.")
        try:
            return await self._verifier.verify(key)
        except Unauthenticated:
            await self._rates.take("refused", address, per_minute=self._refused)
            raise


def _demand(allowance: Allowance, otherwise: str) -> None:
    if not allowance.allowed:
        raise TooManyRequests(otherwise, retry_after=allowance.reset_seconds)
