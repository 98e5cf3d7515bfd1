# All streams as they are at one moment, as a replica would get them.
set -eu
umask 077
valkey-cli -h "$VALKEY_HOST" -p "$VALKEY_PORT" --rdb /backup/unfinished/streams.rdb
valkey-check-rdb /backup/unfinished/streams.rdb >&2
