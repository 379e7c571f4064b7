#!/usr/bin/env bash
# Builds the image with buildah and starts what it holds as a container runtime
# would: in a root of its own that is read-only, as the image's user, in the
# image's own words, and on a network that nothing else is on. It takes root and
# no daemon, and leaves nothing behind. Where it cannot be done, it says so.
set -euo pipefail
cd "$(dirname "$0")/.."

namespaces=(unshare --mount --net --pid --fork --kill-child --mount-proc)
if [[ ${1:-} != inside ]]; then
	left_out() {
		echo "check_image: LEFT OUT, the image was not checked: $1"
		exit 0
	}
	((EUID == 0)) || left_out "it takes root"
	for tool in buildah unshare ip curl; do
		command -v "$tool" >/dev/null || left_out "there is no $tool here"
	done
	"${namespaces[@]}" true 2>/dev/null || left_out "this machine allows no namespaces of its own"
	exec "${namespaces[@]}" "$0" inside
fi
ip link set lo up

work=$(mktemp -d)
root=$work/root
stop() {
	if [[ -n ${exporter:-} ]]; then
		kill "$exporter" 2>/dev/null && wait "$exporter" || true
	fi
	! mountpoint --quiet "$root" || umount --recursive "$root"
	rm -rf "$work"
}
trap stop EXIT
give_up() {
	echo "check_image: FAILED: $1" >&2
	[[ ! -e $work/log ]] || cat "$work/log" >&2
	exit 1
}

# A store of our own.
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$work/store" "$work/run" >"$work/storage.conf"
export CONTAINERS_STORAGE_CONF=$work/storage.conf
image=localhost/checked
BUILDER=buildah scripts/image.sh "$image"

said() { buildah inspect --type image --format "{{$1}}" "$image"; }
list() { said "range .Docker.Config.$1}}{{println .}}{{end" | sed '/^$/d'; }
user=$(said .Docker.Config.User)
mapfile -t entrypoint < <(list Entrypoint)
mapfile -t command < <(list Cmd)
mapfile -t health < <(list Healthcheck.Test)
state=$(said 'range $path, $_ := .Docker.Config.Volumes}}{{$path}}{{end')
port=$(said 'range $port, $_ := .Docker.Config.ExposedPorts}}{{$port}}{{end')
url=http://127.0.0.1:${port%/tcp}

[[ $user =~ ^[1-9][0-9]*:[1-9][0-9]*$ ]] || give_up "its user is \"$user\" and no number above 0"
[[ ${health[0]:-} == CMD ]] || give_up "it has no health check, or one that takes a shell"
for label in title description licenses version revision; do
	[[ -n $(said "index .Docker.Config.Labels \"org.opencontainers.image.$label\"") ]] || give_up "it has no label $label"
done

# What a runtime does: the files of the image, a new volume that is a copy of the
# folder beneath it with its owner, and the operator's configuration.
mkdir "$root" "$work/config"
mount --bind "$(buildah mount "$(buildah from "$image")")" "$root"
cp --archive "$root$state" "$work/volume"
cat >"$work/config/config.yml" <<'YAML'
global: {timezone: Europe/Athens, poll_interval: 1s}
sources:
  - {name: simulation, type: simulate, past: 1d, tickets_per_day: 100, calls_per_day: 100}
YAML
chmod 0755 "$work" "$work/config" # mktemp lets nobody else in
mkdir -p "$root/etc/helpdesk_exporter"
mount --bind "$work/config" "$root/etc/helpdesk_exporter"
mount --bind "$work/volume" "$root$state"
mount -o remount,bind,ro "$root"

contained() { chroot --userspec="$user" "$root" "$@"; }
healthy() { contained "${health[@]:1}" 2>/dev/null; }
serves() { curl --silent --fail --max-time 10 --output "$work/metrics" "$url/metrics" && grep --quiet "^$1" "$work/metrics"; }
# within WHAT COMMAND... waits until the command succeeds.
within() {
	local deadline=$((SECONDS + 30)) what=$1
	shift
	until "$@"; do
		kill -0 "$exporter" 2>/dev/null || give_up "the exporter ended by itself"
		((SECONDS < deadline)) || give_up "$what did not come about in time"
		sleep 0.2
	done
}

! healthy || give_up "it is healthy before it was started"
chroot --userspec="$user" "$root" "${entrypoint[@]}" "${command[@]}" >"$work/log" 2>&1 &
exporter=$!
within "its health" healthy
within "/-/ready" curl --silent --fail --max-time 10 --output /dev/null "$url/-/ready"
within "the first sync" serves 'helpdesk_source_sync_complete.* 1$'
serves helpdesk_tickets_open || give_up "there are no figures"

[[ $(awk '/^Uid:/ {print $2, $3, $4, $5}' "/proc/$exporter/status") == "${user%:*} ${user%:*} ${user%:*} ${user%:*}" ]] ||
	give_up "it does not run as $user"
[[ $(stat --format=%u:%g:%a "$work/volume/journal.db") == "$user:600" ]] || give_up "the state is not in the volume, or others can read it"
! contained "${entrypoint[@]}" --config.file=/etc/helpdesk_exporter/config.yml --storage.path=/var/lib/elsewhere 2>"$work/refused" ||
	give_up "it can write beside its volume"
grep --quiet -- --storage.path "$work/refused" || give_up "it does not say why it cannot write: $(cat "$work/refused")"

kill "$exporter"
wait "$exporter" || give_up "it ended with code $? when it was told to stop"
! healthy || give_up "it is healthy when it has ended"
echo "check_image: $(du -sh --apparent-size "$root/bin/helpdesk_exporter" | cut -f 1) binary, user $user, read-only root, state in $state: no finding"
