# A server of our own reads the snapshot and writes it as commands; the real one gets these. So streams keep their ids,
# their groups and what was delivered to whom, and the real server need not stop.
set -eu
. /scripts/chosen.sh
wanted uploads || wanted streams || exit 0
real() { valkey-cli -h "$VALKEY_HOST" -p "$VALKEY_PORT" "$@"; }
own() { env -u REDISCLI_AUTH valkey-cli -s /backup/restoring/socket "$@"; }
[ "$(real ping)" = PONG ] || refuse "Valkey does not answer"
if real client list type normal | grep -q lib-name=redis-py; then refuse "services are connected to Valkey; stop them"; fi
wanted streams && [ -f "$from/streams.rdb" ] || exit 0
[ "$(real dbsize)" = 0 ] || refuse "Valkey is not empty"

rm -rf /backup/restoring
mkdir -m 0700 /backup/restoring
ln -s "$from/streams.rdb" /backup/restoring/dump.rdb
valkey-server --dir /backup/restoring --unixsocket /backup/restoring/socket --port 0 \
    --save '' --appendonly no --aof-use-rdb-preamble no >&2 &
until [ "$(own ping 2>/dev/null)" = PONG ]; do
    kill -0 $! || refuse "the snapshot cannot be read"
    sleep 0.1
done
own config set appendonly yes >&2
until own info persistence | tr -d '\r' | grep -qx aof_rewrite_in_progress:0 &&
    [ -n "$(find /backup/restoring/appendonlydir -name '*.base.aof')" ]; do sleep 0.1; done
cat /backup/restoring/appendonlydir/*.base.aof | real --pipe
own shutdown nosave
rm -rf /backup/restoring
