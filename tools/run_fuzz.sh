#!/bin/sh
# Replays the saved inputs of every fuzz target, then fuzzes each for its share
# of the seconds.  What it finds is kept in FOLDER/found/.
#
#	run_fuzz.sh FOLDER SECONDS_TOTAL
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
folder=$(cd "$1" && pwd)
total=$2

programs=$(find "$folder/tests/fuzz" -maxdepth 1 -type f -name 'fuzz_*' -perm -100 | sort)
count=$(echo "$programs" | grep -c . || true)
if [ "$count" -eq 0 ]; then
	echo "run_fuzz.sh: no fuzz targets in $folder" >&2
	exit 2
fi
share=$((total / count))
[ "$share" -gt 0 ] || share=1

export top folder share
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
mkdir -p "$folder/found"

# One target at a time and processor; the new inputs stay in the build folder.
echo "$programs" | xargs -P "$(nproc)" -I '{}' sh -c '
	name=$(basename "$1")
	saved=$top/tests/fuzz/corpus/${name#fuzz_}
	grown=$folder/corpus/$name
	log=$folder/$name.log
	mkdir -p "$grown" "$folder/found/$name"
	set -- "$1" -timeout=10 -rss_limit_mb=1024 "-artifact_prefix=$folder/found/$name/"
	if [ -d "$saved" ] && ! "$@" -runs=0 "$saved" >"$log" 2>&1 </dev/null; then
		echo "FAIL  $name: a saved input"
		tail -n 40 "$log"
		exit 1
	fi
	[ -d "$saved" ] || saved=
	if ! "$@" "-max_total_time=$share" -print_final_stats=1 "$grown" ${saved:+"$saved"} \
	    >"$log" 2>&1 </dev/null; then
		echo "FAIL  $name: the input is in $folder/found/$name/"
		tail -n 40 "$log"
		exit 1
	fi
	runs=$(sed -n "s/^stat::number_of_executed_units: *//p" "$log")
	echo "ok    $name: $runs inputs in $share s"
' fuzz '{}'
