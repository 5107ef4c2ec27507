#!/bin/sh
# The main job: scan into a case, look inside a disk, clean it, verify, write the page.
# Exits 0 when the job was done, infected or not; the last line is the path of the
# page.
#
#	run.sh CASE PAGE [TARGET...]
#
# Without targets it scans the built-in lab, on loopback and unprivileged ports, and
# cleans a disk of the lab, looks at it, and shows on a copy that all of it can be put
# back; with targets there is no disk.
set -eu

confine=$(dirname "$0")/../build/confine
own_confine=$(realpath "$confine")
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

# Says what comes, runs confine, shows the first lines of what it says, and takes 0, 1
# and 3 for jobs done.
#
#	say LINES WORDS COMMAND...
say() {
	lines=$1
	echo
	echo "== $2"
	shift 2
	rc=0
	"$confine" "$@" --format text -q >"$disk/said.txt" || rc=$?
	case $rc in
	0 | 1 | 3) ;;
	*)
		echo "run.sh: confine $1 could not be done (exit code $rc)" >&2
		exit 2
		;;
	esac
	head -n "$lines" "$disk/said.txt"
	rest=$(($(wc -l <"$disk/said.txt") - lines))
	[ $rest -le 0 ] || echo "  ... and $rest lines more."
}

# Every name, size, time and content of a folder, in one line.
print_of() {
	(cd "$1" && find . -printf '%p %y %m %s %T@\n' | LC_ALL=C sort &&
	    find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum
}

# A machine of the lab: looked at, cleaned, looked at again.  A copy of it is cleaned
# and put back, since the one in the case is to stay clean.
clean_disk() {
	"$confine" lab disk "$disk/c" --windows xp --variant B --seed 1 >/dev/null
	cp -a "$disk/c" "$disk/copy"
	say 12 "The disk of a simulated Windows XP, looked at from inside." \
	    check --case "$case" "$disk/c"
	say 26 "Cleaned. Everything that undo needs is in the journal." \
	    clean --case "$case" --yes "$disk/c"
	say 4 "Looked at once more." check --case "$case" "$disk/c"

	before=$(print_of "$disk/copy")
	(cd "$disk" && "$own_confine" clean copy --yes -q -o clean.txt) || exit 2
	cleaned=$(print_of "$disk/copy")
	say 4 "A copy of the disk, cleaned as well, is put back." \
	    undo --yes "$disk"/confine-journal/*.journal
	after=$(print_of "$disk/copy")
	if [ "$before" = "$cleaned" ] || [ "$before" != "$after" ]; then
		echo "run.sh: undo did not put the disk back as it was" >&2
		exit 2
	fi
	echo "Every file of it, its content and its time, is as it was before."
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
	clean_disk
	stop_lab
fi

case $page in
/*) echo "$page" ;;
*) echo "$PWD/$page" ;;
esac
