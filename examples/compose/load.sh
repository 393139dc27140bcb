#!/bin/sh
# load.sh PAST DATA: loads the past from an OpenMetrics file into the data folder
# of a Prometheus that does not run yet, once. PROMTOOL names the program.
set -eu
past=$1
data=$2

if [ -e "$data/cx-past-loaded" ]; then
	echo "the past was loaded before"
	exit 0
fi
# What an earlier try left would be there twice.
rm -rf "$data/cx-past"
mkdir "$data/cx-past"
"${PROMTOOL:-promtool}" tsdb create-blocks-from openmetrics "$past" "$data/cx-past" >"$data/cx-past.log"
rm -f "$data/cx-past.log"
for block in "$data"/cx-past/*; do
	[ ! -f "$block/meta.json" ] || mv "$block" "$data/"
done
rm -rf "$data/cx-past"
touch "$data/cx-past-loaded"
