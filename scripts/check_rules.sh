#!/usr/bin/env bash
# Lets promtool judge the rules and run their tests, and amtool, where there is
# one, the example of an Alertmanager configuration.
set -euo pipefail
cd "$(dirname "$0")/.."

promtool=$(scripts/promtool.sh)
"$promtool" check rules --lint=all --lint-fatal prometheus/rules/*.yml
"$promtool" test rules prometheus/tests/*.yml

if command -v amtool >/dev/null; then
	amtool check-config prometheus/alertmanager.example.yml
else
	echo "check_rules: no amtool on the PATH, so the Alertmanager example was left out"
fi
