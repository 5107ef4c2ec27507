#!/bin/sh
# Installs the packages of the named sections of packages.txt that are missing.
# Says nothing, and needs no root, where none is.
#
#	need.sh build test
set -eu

list=$(dirname "$0")/../packages.txt
missing=

for section in "$@"; do
	for package in $(awk -v want="[$section]" '
	    /^\[/ { on = $0 == want; next } on && !/^#/ && NF { print $1 }' "$list"); do
		state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=
		[ "$state" = installed ] || missing="$missing $package"
	done
done
[ -n "$missing" ] || exit 0

echo "installing:$missing"
if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "need.sh: packages are missing, and only root can install them; run:" \
	    "apt-get install --no-install-recommends$missing" >&2
	exit 2
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
	# shellcheck disable=SC2086  # a list of words
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null
}
# shellcheck disable=SC2086
if ! { install update && install install --no-install-recommends $missing; }; then
	tail -n 15 "$log" >&2
	echo "need.sh: apt-get could not install:$missing" >&2
	exit 2
fi
