#!/bin/bash
# Puts CPython 3.14 and 3.15, with their headers, into a folder ($1, default ~/.cache/alloclens/pythons): the packages
# of Debian's unstable suite, unpacked beside the system and run by their own loader and C library. Nothing is
# installed, so no other program notices. Quick when they are there; on another system it says so and succeeds.
set -euo pipefail

folder=$(realpath -m "${1:-$HOME/.cache/alloclens/pythons}")
versions=(3.14 3.15)

all_run() {
  for version in "${versions[@]}"; do
    [ "$("$folder/python$version" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$version" ] || return 1
  done
}
if all_run; then exit 0; fi

if ! [ -e /etc/debian_version ] || ! command -v apt-get dpkg >/dev/null; then
  echo "Python ${versions[*]} are fetched on Debian only. Install them yourself if the tests are to use them." >&2
  exit 0
fi

mkdir -p "$folder"
exec 9>"$folder/.lock"
flock 9
if all_run; then exit 0; fi
echo "Fetching Python ${versions[*]} from Debian's unstable suite into $folder"

# A package database of its own: an empty status makes apt fetch whole dependencies, down to the C library.
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | head -n 1)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
for suite in sid bookworm; do
  echo "deb [signed-by=$keys] ${mirror:-http://deb.debian.org/debian/} $suite main"
done >"$apt/sources.list"
touch "$apt/status"
own_apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o APT::Install-Recommends=false -o APT::Sandbox::User= -o Debug::NoLocking=1 "$@"
}
own_apt update
packages=()
for version in "${versions[@]}"; do packages+=("python$version" "python$version-dev"); done
own_apt -y --download-only install "${packages[@]}" >/dev/null

# unstable's patchelf 0.18 makes programs that crash.
(cd "$apt" && own_apt download patchelf/bookworm)
dpkg -x "$apt"/patchelf_*.deb "$apt/patchelf"

root=$folder/root
rm -rf "$root"
mkdir -p "$root"
for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done

loader=$root/usr/lib64/ld-linux-x86-64.so.2
libraries=$root/usr/lib/x86_64-linux-gnu
for version in "${versions[@]}"; do
  "$loader" --library-path "$libraries" "$apt/patchelf/usr/bin/patchelf" \
    --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$root/usr/bin/python$version"
  ln -sfn "root/usr/bin/python$version" "$folder/python$version"
done

all_run || { echo "Python ${versions[*]} were unpacked into $folder but do not run there." >&2; exit 1; }
