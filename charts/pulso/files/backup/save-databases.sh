# The databases, each as it is at one moment; then all of it gets its name, and backups beyond KEEP go.
set -eu
umask 077
. /scripts/addresses.sh
cd /backup/unfinished
saved=" "
for service in insights gateway trends; do
    url=$(address "$service")
    # One database may serve several services.
    case "$saved" in *" $url "*) continue ;; esac
    pg_dump --dbname "$url" --format custom --file "$service.dump"
    # To the end: the list of contents alone would be there in a file that was cut off.
    pg_restore --file /dev/null "$service.dump"
    saved="$saved$url "
done
printenv CUSTOMER_KEY | sha256sum > customer-key.sha256
sha256sum -- * > /tmp/SHA256SUMS
mv /tmp/SHA256SUMS .
sync .
name=$(date -u +%Y-%m-%dT%H%M%SZ)
mv /backup/unfinished "/backup/$name"
sync /backup
du -h "/backup/$name"/*
cd /backup
find . -maxdepth 1 -name '20*Z' | sort | head -n "-$KEEP" | xargs -r rm -rf --
