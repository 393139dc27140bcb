#!/bin/sh
# load.sh PAST DATA: loads the past from an OpenMetrics file into the data folder
# of a Prometheus that does not run yet, once, and goes on where it was
# interrupted. PROMTOOL names the program.
set -eu
past=$1
data=$2
made=$data/cx-past         # blocks that are being made
whole=$data/cx-past-whole  # all of them, until the last one is moved
loaded=$data/cx-past-loaded

if [ -e "$loaded" ]; then
	rm -rf "$made" "$whole"
	echo "the past was loaded before"
	exit 0
fi
if [ ! -e "$whole" ]; then
	# What an earlier try made may be half of it.
	rm -rf "$made"
	mkdir "$made"
	# A block is a pass over the file: in blocks of two hours, a year takes hundreds.
	"${PROMTOOL:-promtool}" tsdb create-blocks-from --max-block-duration=8760h openmetrics "$past" "$made" >"$data/cx-past.log"
	rm -f "$data/cx-past.log"
	set -- "$made"/*/meta.json
	if [ ! -f "$1" ]; then
		echo "no blocks were made of $past: is it empty?" >&2
		exit 1
	fi
	mv "$made" "$whole"
fi
# A block that was moved is no longer there to be moved again.
for block in "$whole"/*; do
	[ ! -f "$block/meta.json" ] || mv "$block" "$data/"
done
touch "$loaded"
rm -rf "$whole"
