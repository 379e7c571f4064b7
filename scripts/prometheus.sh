#!/usr/bin/env bash
# prometheus.sh [PROGRAM] prints the path of a prometheus, or of the promtool that
# comes with it: what $PROMETHEUS or $PROMTOOL names, else the one on the PATH,
# else the one in Debian's prometheus package, unpacked under .cache/ without
# installing it, since installing it would start a server.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:-prometheus}
named=${program^^}
if [[ -n ${!named:-} ]]; then
	echo "${!named}"
	exit
fi
if command -v "$program"; then
	exit
fi

cache=$PWD/.cache/prometheus
if [[ ! -x $cache/usr/bin/$program ]]; then
	if ! command -v apt-get >/dev/null; then
		echo "prometheus.sh: no $program on the PATH; put one there or name it in $named" >&2
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
echo "$cache/usr/bin/$program"
