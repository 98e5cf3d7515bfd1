# Refuses before anything is written: a damaged backup, another customer key, services that run, places that are not empty.
set -eu
. /scripts/addresses.sh
. /scripts/chosen.sh
cd "$from"
sha256sum --check --quiet SHA256SUMS >&2 || refuse "${from##*/} is damaged"
printenv CUSTOMER_KEY | sha256sum --check --status customer-key.sha256 ||
    refuse "customer-key is not the one of the backup: every customer would be a stranger, and every item sent again a new one"
if wanted uploads && [ -n "$(find /uploads -path '*/imports/open/*' -o -path '*/imports/done/*')" ]; then
    refuse "ingest's volume is not empty"
fi
for service in insights gateway trends; do
    wanted "$service" && [ -f "$service.dump" ] || continue
    url=$(address "$service")
    ask() { psql --no-psqlrc --tuples-only --no-align --dbname "$url" --command "$1"; }
    others=$(ask "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pulso-%'")
    [ "$others" = 0 ] || refuse "services are connected to the database of $service; stop them"
    tables=$(ask "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
    [ "$tables" = 0 ] || refuse "the database of $service is not empty"
done
