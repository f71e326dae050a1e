#!/bin/sh
# Makes the namespace and the search attributes that the workflows set, and waits until the server knows them. Safe to repeat.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}

until temporal operator cluster health >/dev/null 2>&1; do
  sleep 1
done

if ! temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$namespace" --retention "${TEMPORAL_RETENTION:-30d}"
fi

# A new namespace is seen by the whole server only after a while.
until existing=$(temporal operator search-attribute list --namespace "$namespace" 2>/dev/null); do
  sleep 1
done

attribute() {
  if ! printf '%s\n' "$existing" | grep -qw "$1"; then
    temporal operator search-attribute create --namespace "$namespace" --name "$1" --type "$2"
  fi
}

attribute Account Keyword
attribute Dataset Keyword
attribute Recipe Keyword
attribute RunState Keyword
attribute GpuNode Keyword
attribute Points Int

# Up to a minute may pass until workflows can set them.
until temporal workflow list --namespace "$namespace" --limit 1 \
  --query 'Account = "-" AND Dataset = "-" AND Recipe = "-" AND RunState = "-" AND GpuNode = "-" AND Points = 0' >/dev/null 2>&1; do
  sleep 1
done
echo "Namespace $namespace is ready."
