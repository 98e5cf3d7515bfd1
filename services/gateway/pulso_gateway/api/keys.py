"""Creating, listing and revoking API keys."""

from datetime import UTC, datetime
from operator import itemgetter
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pulso_contracts.base import Lenient, Strict, UtcDatetime
from pulso_contracts.feedback import FieldError
from pulso_kit.csv_table import columns_of
from pulso_kit.errors import Conflict, Malformed, NotFound
from pulso_kit.listing import AnswerFormDep, Listing
from pydantic import Field, StringConstraints

from pulso_gateway.access.verifier import BOOTSTRAP_ID, KeyVerifier
from pulso_gateway.api.admission import Administrator, AdministratorRoute
from pulso_gateway.domain.api_keys import Role, new_key
from pulso_gateway.domain.key_record import KeyRecord
from pulso_gateway.domain.routes import API_PREFIX
from pulso_gateway.store.keys import KeyStore

log = structlog.get_logger(__name__)

router = APIRouter(prefix=f"{API_PREFIX}/keys", tags=["keys"], route_class=AdministratorRoute)

KeyId = Annotated[str, Path(pattern=r"^[a-z0-9]{1,32}$")]


class KeyWanted(Strict):
    """A key to make."""

    role: Role = Field(
        description="`reader` asks, `writer` brings feedback in, `admin` does everything.",
        examples=["writer"],
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="Who or what will use it.", examples=["encuestas de Arequipa"]
    )


class Key(Lenient):
    """A key without its secret. `last_used_at` is right to the hour, `created_by` the id of another key."""

    id: str
    name: str
    role: Role
    created_at: UtcDatetime
    created_by: str
    last_used_at: UtcDatetime | None = None
    revoked_at: UtcDatetime | None = None


class NewKey(Key):
    """A key just made: the only time that `key` is shown."""

    key: str = Field(examples=["pulso_k3v9x2mq_…"])


class KeyPage(Lenient):
    """One page of keys, newest first; `next_cursor` is None on the last one."""

    items: list[Key]
    next_cursor: str | None


KEYS: Final = Listing(
    "pulso-keys",
    columns_of(Key),
    itemgetter("items"),
    {
        "id": "k3v9x2mq",
        "name": "encuestas de Arequipa",
        "role": "writer",
        "created_at": "2026-11-01T17:30:00Z",
        "created_by": "bootstrap",
    },
)


def _shown(record: KeyRecord) -> Key:
    return Key.model_validate(record, from_attributes=True)


@router.post("", status_code=201)
async def create_key(wanted: KeyWanted, caller: Administrator, request: Request) -> NewKey:
    """Makes a key. It is shown once, in this answer; Pulso keeps only its digest."""
    store: KeyStore = request.app.state.keys
    key = new_key()
    record = KeyRecord(
        id=key.id,
        name=wanted.name,
        role=wanted.role,
        digest=key.digest,
        created_at=datetime.now(UTC),
        created_by=caller.key_id,
    )
    await store.add(record)
    log.info("key.created", key_id=key.id, role=wanted.role, by=caller.key_id)
    return NewKey(**_shown(record).model_dump(), key=key.text)


@router.get("", response_model=KeyPage, responses=KEYS.responses)
async def list_keys(
    _caller: Administrator,
    form: AnswerFormDep,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^[a-z0-9]{1,32}$")] = None,
) -> KeyPage | Response:
    """Lists keys, the revoked ones too, newest first."""
    store: KeyStore = request.app.state.keys
    records = await store.page(limit=limit + 1, after=cursor)
    if records is None:
        wrong = FieldError(field="cursor", message="is not one given by a page")
        raise Malformed("There is no page there.", errors=[wrong])
    shown = [_shown(record) for record in records[:limit]]
    page = KeyPage(items=shown, next_cursor=shown[-1].id if len(records) > limit else None)
    return await form.of(page, KEYS)


@router.delete("/{key_id}", responses={404: {"description": "Not Found"}, 409: {"description": "Conflict"}})
async def revoke_key(key_id: KeyId, caller: Administrator, request: Request) -> Key:
    """Revokes a key for good: at once here, within five seconds at other gateways."""
    store: KeyStore = request.app.state.keys
    verifier: KeyVerifier = request.app.state.verifier
    if key_id == BOOTSTRAP_ID:
        raise Conflict("The bootstrap key is a setting (PULSO_ADMIN_KEY); it ends where it is set.")
    record = await store.revoke(key_id)
    if record is None:
        raise NotFound("No key has that id.")
    verifier.forget(key_id)
    log.info("key.revoked", key_id=key_id, by=caller.key_id)
    return _shown(record)
