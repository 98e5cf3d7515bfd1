# Each database wholly or not at all.
set -eu
umask 077
. /scripts/addresses.sh
. /scripts/chosen.sh
cd "$from"
if wanted uploads; then tar --extract --file uploads.tar --directory /uploads; fi
for service in insights gateway trends; do
    wanted "$service" && [ -f "$service.dump" ] || continue
    pg_restore --dbname "$(address "$service")" --single-transaction --exit-on-error --no-owner --no-privileges "$service.dump"
done
echo "restored from ${from##*/}: $PARTS"
