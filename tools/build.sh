#!/bin/sh
# Sets a build folder up, once, and builds in it.  Quiet where all goes well.
#
#	build.sh FOLDER [MESON OPTIONS]
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
shift

if [ ! -f "$folder/build.ninja" ]; then
	mkdir -p "$folder"
	if ! meson setup "$folder" "$top" "$@" >"$folder/setup.log" 2>&1; then
		tail -n 20 "$folder/setup.log" >&2
		echo "build.sh: meson could not set up $folder; the log: $folder/setup.log" >&2
		exit 2
	fi
fi

# What there is to do is asked first, so that nothing is said when it is nothing.
if ninja -C "$folder" -n | grep -q 'no work to do'; then
	exit 0
fi
echo "compiling into $folder/ ..."
if ! ninja --quiet -C "$folder" >"$folder/build.log" 2>&1; then
	cat "$folder/build.log" >&2
	exit 2
fi
