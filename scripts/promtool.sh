#!/usr/bin/env bash
# Prints the path of a promtool: $PROMTOOL, else the one on the PATH, else the
# one in Debian's prometheus package, unpacked under .cache/ without installing
# it, since installing it would start a server.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -n ${PROMTOOL:-} ]]; then
	echo "$PROMTOOL"
	exit
fi
if command -v promtool; then
	exit
fi

cache=$PWD/.cache/prometheus
promtool=$cache/usr/bin/promtool
if [[ ! -x $promtool ]]; then
	if ! command -v apt-get >/dev/null; then
		echo "promtool.sh: no promtool on the PATH; put one there or name it in PROMTOOL" >&2
		exit 1
	fi
	download=$(mktemp -d)
	trap 'rm -rf "$download"' EXIT
	cd "$download"
	# A new machine has no package lists yet; only root can fetch them.
	{ apt-get download prometheus || { apt-get update && apt-get download prometheus; }; } >&2
	dpkg -x prometheus_*.deb unpacked
	mkdir -p "$(dirname "$cache")"
	rm -rf "$cache"
	mv unpacked "$cache"
fi
echo "$promtool"
