#!/bin/sh
# Makes Temporal's two databases, or brings their schemas up to the version of this image. Safe to repeat.
set -eu

schema() {
  database=$1
  folder=$2
  temporal-sql-tool --plugin postgres12 --db "$database" create
  temporal-sql-tool --plugin postgres12 --db "$database" setup-schema --version 0.0
  temporal-sql-tool --plugin postgres12 --db "$database" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$folder/versioned"
}

schema temporal temporal
schema temporal_visibility visibility
