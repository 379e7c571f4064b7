#!/usr/bin/env bash
# Runs a real Request Tracker 5 on 127.0.0.1, out of Debian's packages and
# without installing them, as a private instance in a folder.
#
#   rt.sh fetch HOME           fetches the packages, which up does as well; ends
#                              with code 3 where they cannot be had
#   rt.sh up HOME              makes the instance, furnishes it, and starts it
#   rt.sh start|stop HOME      starts it, on the port that it had, or stops it
#   rt.sh plan HOME            writes HOME/events.json and HOME/truth.json; see rt/plan.pl
#   rt.sh play HOME < EVENTS   lets agents and customers act; see rt/play.pl
#
# HOME/env holds the address and the tokens. Nobody needs to be root, but only
# root can fetch the package lists of a machine that has none.
set -euo pipefail
cd "$(dirname "$0")/.."
export RT_HOME=${2:?an absolute path of a folder, please}
tree=$PWD/.cache/request-tracker

# unpack fetches what the machine lacks and unpacks it.
unpack() {
	[[ ! -e $tree/complete && ! -e /usr/share/request-tracker5/lib/RT.pm ]] || return 0
	rm -rf "$tree"
	mkdir -p "$tree/archives/partial"
	local fetch=(apt-get install --download-only --yes --quiet --no-install-recommends --option Debug::NoLocking=1
		--option "Dir::Cache::archives=$tree/archives" request-tracker5 rt5-db-sqlite rt5-standalone msmtp-mta)
	"${fetch[@]}" || { apt-get update && "${fetch[@]}"; } || exit 3
	for package in "$tree"/archives/*.deb; do
		dpkg -x "$package" "$tree"
	done
	rm -rf "$tree/archives"
	# RT knows its place by heart.
	sed -i "s|/usr/share/request-tracker5|$tree&|g" "$tree"/usr/share/request-tracker5/{lib/RT/Generated.pm,libexec/rt-server} \
		"$tree/usr/sbin/rt-setup-database-5"
	touch "$tree/complete"
}

# settle points Perl, and through it RT, to what was unpacked.
settle() {
	root=
	[[ ! -e $tree/complete ]] || root=$tree
	# Perl itself may be no more than its base on this machine.
	PERL5LIB=$root/usr/share/request-tracker5/lib:$(perl -MConfig -e \
		'print join ":", map { "$ARGV[0]$_" } @Config{qw(vendorarch vendorlib archlib privlib)}' "$root")
	LD_LIBRARY_PATH=$root$(perl -MConfig -e 'print $Config{vendorarch} =~ s{/perl5/.*}{}r')
	export PERL5LIB LD_LIBRARY_PATH
	export RT_SITE_CONFIG=$PWD/scripts/rt/site_config.pm RT_SITE_CONFIG_DIR=$RT_HOME/no_more_configuration
	RT_PORT=$(cat "$RT_HOME/port")
	export RT_PORT
}

answers() { curl --silent --output /dev/null --max-time 10 "http://127.0.0.1:$RT_PORT/REST/2.0/rt"; }

start() {
	# A group of its own, so that what is sent to a caller's group is not sent to it.
	setsid "$root/usr/share/request-tracker5/libexec/rt-server" --host 127.0.0.1 --port "$RT_PORT" --max-workers 2 \
		>>"$RT_HOME/log" 2>&1 </dev/null &
	local server=$!
	echo "$server" >"$RT_HOME/pid"
	for ((i = 0; i < 300; i++)); do
		! answers || return 0
		kill -0 "$server" 2>/dev/null || break
		sleep 0.2
	done
	echo "rt.sh: RT does not answer; its log:" >&2
	cat "$RT_HOME/log" >&2
	return 1
}

stop() {
	[[ -e $RT_HOME/pid ]] || return 0
	local server
	server=$(cat "$RT_HOME/pid")
	running() { grep --quiet --text rt-server "/proc/$server/cmdline" 2>/dev/null; }
	! running || kill "$server"
	for ((i = 0; i < 100; i++)); do
		running || break
		sleep 0.1
	done
	rm "$RT_HOME/pid"
}

up() {
	mkdir -p "$RT_HOME"
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport' >"$RT_HOME/port"
	settle
	mkdir "$RT_HOME"/{mason,sessions,no_more_configuration}
	"$root/usr/sbin/rt-setup-database-5" --action init --datadir "$root/usr/share/request-tracker5/etc" >>"$RT_HOME/log" 2>&1 </dev/null ||
		{ cat "$RT_HOME/log" >&2; return 1; }
	perl scripts/rt/furnish.pl
	start
}

case $1 in
fetch) unpack ;;
up)
	unpack
	up
	;;
start)
	settle
	start
	;;
stop) stop ;;
plan)
	settle
	perl scripts/rt/plan.pl "$RT_HOME/events.json" "$RT_HOME/truth.json"
	;;
play)
	settle
	perl scripts/rt/play.pl
	;;
*)
	echo "usage: $0 fetch|up|start|stop|plan|play HOME" >&2
	exit 2
	;;
esac
