#!/bin/sh
# The main job: scan into a case, look inside a disk, show both, write the page.
# Exits 0 when the job was done, infected or not; the last line is the path of the
# page.
#
#	run.sh CASE PAGE [TARGET...]
#
# Without targets it scans the built-in lab, on loopback and unprivileged ports, and
# looks inside a disk of the lab; with targets there is no disk to look at.
set -eu

confine=$(dirname "$0")/../build/confine
case=$1
page=$2
shift 2

# Scan's 1 (something found) and 3 (something unknown) are jobs done, too.
scan() {
	rc=0
	"$confine" scan --case "$case" --format text -o - -o "$page" "$@" || rc=$?
	case $rc in
	0 | 1 | 3) ;;
	*)
		echo "run.sh: the scan could not be done (exit code $rc)" >&2
		exit 2
		;;
	esac
}

lab=
ready=
disk=
stop_lab() {
	[ -z "$lab" ] || kill "$lab" 2>/dev/null || true
	[ -z "$lab" ] || wait "$lab" 2>/dev/null || true
	lab=
	[ -z "$ready" ] || rm -f "$ready"
	[ -z "$disk" ] || rm -rf "$disk"
}

start_lab() {
	ready=$(mktemp)
	# Ends by itself, should this script be killed hard.
	"$confine" lab up --range "$1" --seed 1 --port 4445 --nbt-port 4139 --p2p \
	    --seconds 600 >"$ready" &
	lab=$!
	tries=0
	until [ -s "$ready" ]; do
		tries=$((tries + 1))
		if ! kill -0 "$lab" 2>/dev/null || [ $tries -gt 200 ]; then
			echo "run.sh: the lab did not come up on $1" \
			    "(is another one running on ports 4445 and 4139?)" >&2
			exit 2
		fi
		sleep 0.1
	done
}

# A machine of the lab from inside, and the page again, now with it.
check_disk() {
	"$confine" lab disk "$disk/c" --windows xp --variant B --seed 1 >/dev/null
	rc=0
	"$confine" check --case "$case" --format text "$disk/c" || rc=$?
	case $rc in
	0 | 1 | 3) ;;
	*)
		echo "run.sh: the disk could not be looked at (exit code $rc)" >&2
		exit 2
		;;
	esac
	rc=0
	"$confine" report --case "$case" -o "$page" || rc=$?
	[ $rc -ne 2 ] || exit 2
}

if [ $# -gt 0 ]; then
	scan "$@"
else
	trap stop_lab EXIT
	trap 'exit 2' HUP INT TERM
	start_lab 127.77.0.0/22
	echo "The lab: a simulated network of 1,024 addresses on 127.77.0.0/22."
	scan --quick --ports 4445,4139/nbt 127.77.0.0/22
	disk=$(mktemp -d)
	echo
	echo "The lab: the disk of a simulated Windows XP, looked at from inside."
	check_disk
	stop_lab
fi

case $page in
/*) echo "$page" ;;
*) echo "$PWD/$page" ;;
esac
