#!/bin/sh
# What must hold of the built library, or it may break the programs that it is loaded into. $1: the library.
set -eu
fail() { echo "$1: $2" >&2; exit 1; }

needed=$(readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -Ev '^(libc|libm|libpthread|libdl|librt|ld-linux-x86-64)\.so\.[0-9]+$' || true)
[ -z "$needed" ] || fail "$1" "needs more than libc: $needed"

exported=$(nm -D --defined-only "$1" | awk '{ print $3 }')
[ "$exported" = PyInit__alloclens ] || fail "$1" "exports other names than its module entry: $exported"

# hooks/interposition.cpp: with any other relocation a call of ours could end in our own hook, for ever.
address=$(readelf -rW "$1" | grep -E 'R_X86_64_(GLOB_DAT|64) +[0-9a-f]+ (malloc|calloc|realloc|reallocarray|c?free|free_sized|free_aligned_sized|mmap|munmap|mremap|mprotect|s?brk|memalign|_exit|abort|f?exec[lv][a-z]*|system|popen)(@|$| )' || true)
[ -z "$address" ] || fail "$1" "takes the address of a function that it hooks: $address"

# Left open for the interpreter that loads it; anything else would be a library that is not there.
open=$(nm -D --undefined-only "$1" | awk '$1 == "U" { print $2 }' | grep -Ev '@|^_?Py' || true)
[ -z "$open" ] || fail "$1" "leaves names open that are not Python's: $open"
