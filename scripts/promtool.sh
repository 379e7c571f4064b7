#!/usr/bin/env bash
# Prints the path of a promtool.
exec "$(dirname "$0")/prometheus.sh" promtool
