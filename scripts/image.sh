#!/usr/bin/env bash
# image.sh TAG builds the image from ./helpdesk_exporter with $BUILDER, else
# with docker, podman or buildah, whichever works here first. Nothing is fetched
# unless $BASE names something to fetch.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in docker podman buildah; do
	if [[ -z ${BUILDER:-} ]] && command -v "$tool" >/dev/null && "$tool" info >/dev/null 2>&1; then
		BUILDER=$tool
	fi
done

format=()
case ${BUILDER:-} in
docker) ;;
podman | buildah) format=(--format=docker) ;; # the other format has no health check
*)
	echo "image.sh: none of docker, podman and buildah works here; install one, or start the docker daemon" >&2
	exit 1
	;;
esac
"$BUILDER" build "${format[@]}" --tag "$1" --build-arg BASE="${BASE:-scratch}" \
	--build-arg VERSION="${VERSION:-unknown}" --build-arg REVISION="${REVISION:-unknown}" .
