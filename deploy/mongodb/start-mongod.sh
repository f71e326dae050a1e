#!/bin/bash
# A replica set with users needs a key that its members share; mongod reads it only from a file of its own that nobody else can read.
set -euo pipefail
: "${MONGO_REPLICA_KEY:?is not set}"

key_file=/tmp/replica-key
rm -f "$key_file"
(umask 277 && printf '%s' "$MONGO_REPLICA_KEY" > "$key_file")
chown mongodb:mongodb "$key_file"
unset MONGO_REPLICA_KEY

exec docker-entrypoint.sh mongod --replSet rs0 --bind_ip_all --keyFile "$key_file"
