#!/bin/sh
# Writes what docker-compose.yaml needs and must not contain into .env, which git ignores and only you can read: made-up
# secrets, and your user id. What is there already stays: the database keeps the password of its first start.
#
#     sh scripts/compose_env.sh [FILE]
set -eu
cd "$(dirname "$0")/.."
file=${1:-.env}

# Letters, digits, - and _ only (and = at the end of 32 bytes, which a Fernet key has): nothing that a URL, JSON or
# docker compose reads in another way.
random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }

add() {
    if ! grep -q "^$1=." "$file"; then
        printf '%s=%s\n' "$1" "$2" >> "$file"
        added="$added $1"
    fi
}

# Files that you mount into a container stay readable, however strict your umask; nothing runs as root.
uid=$(id -u)
[ "$uid" -ne 0 ] || uid=50000

umask 077
touch "$file"
chmod 600 "$file"
[ -z "$(tail -c 1 "$file")" ] || echo >> "$file"
added=
add AIRFLOW_UID "$uid"
add POSTGRES_PASSWORD "$(random 24)"
add AIRFLOW_FERNET_KEY "$(random 32)"
add AIRFLOW_SECRET_KEY "$(random 48)"
add AIRFLOW_JWT_SECRET "$(random 48)"
add AIRFLOW_ADMIN_PASSWORD "$(random 15)"
if [ -n "$added" ]; then
    echo "compose-env: wrote$added to $file"
else
    echo "compose-env: $file has everything, nothing was changed"
fi
echo "Log in to Airflow as admin with AIRFLOW_ADMIN_PASSWORD from there."
