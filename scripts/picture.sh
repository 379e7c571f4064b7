#!/usr/bin/env bash
# Makes the README's picture: the status page of the example, as Chromium shows
# it once all sources are read.
set -euo pipefail
cd "$(dirname "$0")/.."

chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [[ -z $chromium ]]; then
	echo "picture.sh: no chromium on the PATH; install it, or name a browser in CHROMIUM" >&2
	exit 1
fi

work=$(mktemp -d)
exporter=
trap '[[ -z $exporter ]] || kill "$exporter"; rm -rf "$work"' EXIT

go build -o "$work/helpdesk_exporter" .
"$work/helpdesk_exporter" --config.file=config.example.yml --storage.path="$work/data" \
	--web.listen-address=127.0.0.1:0 --web.enable-lifecycle 2>"$work/log" &
exporter=$!

page=
for _ in $(seq 300); do
	address=$(sed -n 's/.*msg="Listening on" address=\(127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/log")
	if [[ -n $address ]] && (($(curl -fs "http://$address/metrics" | grep -c '^helpdesk_source_sync_complete{.*} 1$') == 4)); then
		page=http://$address/
		break
	fi
	sleep 0.2
done
if [[ -z $page ]]; then
	echo "picture.sh: the example was not read within a minute:" >&2
	cat "$work/log" >&2
	exit 1
fi
sleep 15 # so that something has moved

"$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
	--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/profile" \
	--window-size=1280,1900 --screenshot="$PWD/docs/status.png" "$page" 2>"$work/chromium.log" ||
	{ cat "$work/chromium.log" >&2; exit 1; }
echo "docs/status.png shows $page"
