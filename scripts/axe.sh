#!/usr/bin/env bash
# Prints the path of axe-core's axe.min.js: $AXE, else the one under .cache/,
# fetched with npm when it is not there.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -n ${AXE:-} ]]; then
	echo "$AXE"
	exit
fi

version=4.14.1
cache=$PWD/.cache/axe-core-$version
if [[ ! -e $cache/axe.min.js ]]; then
	if ! command -v npm >/dev/null; then
		echo "axe.sh: no npm on the PATH to fetch axe-core with; install it, or name an axe.min.js in AXE" >&2
		exit 1
	fi
	download=$(mktemp -d)
	trap 'rm -rf "$download"' EXIT
	(cd "$download" && npm pack --silent "axe-core@$version" >/dev/null && tar -xzf "axe-core-$version.tgz")
	mkdir -p "$cache"
	mv "$download/package/axe.min.js" "$download/package/LICENSE" "$cache/"
fi
echo "$cache/axe.min.js"
