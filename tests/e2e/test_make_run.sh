#!/bin/sh
# e2e: together seconds=240
# `make run` scans the lab, looks inside a disk of it, cleans it and puts a copy back,
# says where the page is on its last line, exits 0, and does so again with the case that
# is there already.
set -eu

fail() {
	cat out.txt
	echo "$1"
	exit 1
}

cases=$PWD
for time in first second; do
	(cd "$CONFINE_TOP" && make run CASE="$cases/run.case" PAGE="$cases/run.html") \
	    >out.txt 2>&1 ||
	    fail "the $time run failed"
	page=$(tail -n 1 out.txt)
	[ "$page" = "$PWD/run.html" ] || fail "the last line of the $time run is: $page"
	grep -q 'infected' out.txt || fail "the $time run shows no table"
	grep -q '^WARD-35, Windows XP SP3: infected' out.txt ||
	    fail "the $time run does not look inside the disk"
	grep -q '^WARD-35, Windows XP SP3: clean' out.txt ||
	    fail "the $time run does not clean the disk"
	grep -q '^Every file of it' out.txt || fail "the $time run puts nothing back"
	grep -q 'On 1 machine something was changed' "$page" ||
	    fail "the page of the $time run does not tell what was changed"
	grep -q '</html>' "$page" || fail "the page of the $time run is not whole"
	grep -q '1,024 addresses asked, 1 machine looked at from inside' "$page" ||
	    fail "the page of the $time run does not tell of both"
done

if (cd "$CONFINE_TOP" && make run TARGETS="not..a..host" CASE="$cases/bad.case" \
    PAGE="$cases/bad.html") >out.txt 2>&1; then
	fail "a wrong target was taken for a job done"
fi
grep -q 'not..a..host' out.txt || fail "a wrong target was not named"
