#!/bin/sh
# Runs check_offsets.sh for every supported CPython whose headers are on this machine.
set -eu
here=$(dirname "$(realpath "$0")")
found=
for minor in 8 9 10 11 12 13 14 15; do
  known=
  for include in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.$minor.*/include/python3.$minor \
    "${ALLOCLENS_CACHE:-$HOME/.cache/alloclens}"/pythons/root/usr/include/python3.$minor /usr/include/python3.$minor; do
    if [ -e "$include/internal/pycore_pystate.h" ]; then known="$known $include"; fi
  done
  [ -n "$known" ] || echo "3.$minor: skipped, this machine has no headers of it"
  found="$found $known"
done
[ -n "$(echo "$found" | tr -d ' ')" ] || { echo "no headers of any CPython: nothing was compared" >&2; exit 0; }
# shellcheck disable=SC2086
exec "$here/../cpython/check_offsets.sh" $found
