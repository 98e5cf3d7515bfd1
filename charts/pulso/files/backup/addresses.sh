# address SERVICE: its database as libpq reads it. SQLAlchemy's URLs may name a driver, and say `ssl` for `sslmode`.
address() {
    printenv "DATABASE_URL_$1" | sed -e 's/^postgres[a-z]*+[a-z0-9]*:/postgresql:/' -e 's/\([?&]\)ssl=/\1sslmode=/'
}
