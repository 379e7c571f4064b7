#!/usr/bin/env bash
# check_metrics.sh BINARY CONFIG starts the exporter without a store, waits
# until every source has been read once, and lets promtool judge /metrics.
set -euo pipefail

binary=$1
config=$2
promtool=$("$(dirname "$0")/promtool.sh")

work=$(mktemp -d)
"$binary" --config.file="$config" --storage.path= --web.listen-address=127.0.0.1:0 >"$work/log" 2>&1 &
exporter=$!
stop() {
	kill "$exporter" 2>/dev/null || true
	wait "$exporter" 2>/dev/null || true
	rm -rf "$work"
}
trap stop EXIT

give_up() {
	echo "check_metrics: $1; the exporter's log:" >&2
	cat "$work/log" >&2
	exit 1
}

# within SECONDS WHAT COMMAND... polls until the command succeeds, and gives up
# when time is over or the exporter has ended.
within() {
	local deadline=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		kill -0 "$exporter" 2>/dev/null || give_up "the exporter ended by itself"
		((SECONDS < deadline)) || give_up "$what did not come about in time"
		sleep 0.2
	done
}

# The system chose the port; the log names it.
url=
listening() {
	local address
	address=$(sed -n 's/.*Listening on.*address=\(127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/log" | head -n 1)
	url=http://$address
	[[ -n $address ]]
}
ready() {
	curl --silent --fail --max-time 5 --output /dev/null "$url/-/ready"
}
# Families start to show when the first sync of their source is complete.
synced() {
	curl --silent --fail --max-time 10 --output "$work/metrics" "$url/metrics" &&
		awk '/^helpdesk_source_sync_complete[{ ]/ { if ($NF == 1) done++; else todo++ } END { exit !(done && !todo) }' "$work/metrics"
}
within 30 "listening" listening
within 30 "/-/ready" ready
within 60 "the first sync of every source" synced

"$promtool" check metrics <"$work/metrics"
echo "check_metrics: $(grep -c '^# TYPE' "$work/metrics") families, $(grep -vc '^#' "$work/metrics") samples, no finding"
