#!/usr/bin/env bash
# Brings up a real Request Tracker, lets the planned life of a help desk happen in
# it, and compares what the exporter makes of it with the plan. It leaves nothing
# behind. Where RT cannot be had, it says so.
set -euo pipefail
cd "$(dirname "$0")/.."

left_out() {
	echo "check_rt: LEFT OUT, no real Request Tracker was read: $1"
	exit 0
}
for tool in apt-get dpkg perl curl setsid; do
	command -v "$tool" >/dev/null || left_out "there is no $tool here"
done

work=$(mktemp -d)
stop() {
	scripts/rt.sh stop "$work/rt" || true
	rm -rf "$work"
}
trap stop EXIT

code=0
scripts/rt.sh fetch "$work/rt" >"$work/fetched" 2>&1 || code=$?
if ((code != 0)); then
	cat "$work/fetched"
	((code != 3)) || left_out "Debian's packages of it cannot be had"
	exit "$code"
fi
scripts/rt.sh up "$work/rt"
scripts/rt.sh plan "$work/rt"
scripts/rt.sh play "$work/rt" <"$work/rt/events.json"
echo "check_rt: RT is up, and its past was played, after $SECONDS s"

set -a
. "$work/rt/env"
go test -count=1 -timeout=3m -run RealRequestTracker ./e2e
