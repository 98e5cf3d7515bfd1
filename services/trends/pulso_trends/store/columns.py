"""Column types that behave alike on SQLite and PostgreSQL."""

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.dialects.postgresql import JSONB

LongInteger = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits; on SQLite an INTEGER PRIMARY KEY is the row's own address, a BIGINT one a second index."""

Json = JSON().with_variant(JSONB(), "postgresql")
