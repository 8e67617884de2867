#!/bin/sh
# Compares layout.hpp with what an interpreter's own headers say.
#   check_offsets.sh INCLUDE…      folders that hold Python.h, such as /usr/include/python3.11
# A row that differs, or a version without one, is an error.
set -eu
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Rows of kLayouts as the generator prints them.
sed -n '/kLayouts\[\] = {/,/^};/p' "$here/layout.hpp" | grep -o '{0x[^}]*}' |
  sed 's/[{},]/ /g; s/kNone/-1/g; s/Instruction:://; s/format::LineTable:://; s/  */ /g; s/^ //; s/ $//' > "$work/ours"

status=0
for folder in "$@"; do
  include=$(realpath "$folder")
  # Debian keeps pyconfig.h in a folder that may lie beside another C library's headers: only its own is shown.
  mkdir -p "$work/x86_64-linux-gnu"
  ln -sfn "$(dirname "$include")/x86_64-linux-gnu/$(basename "$include")" "$work/x86_64-linux-gnu/$(basename "$include")"
  ${CC:-cc} -w -I"$include" -I"$include/internal" -I"$work" "$here/offsets_generator.c" -o "$work/generator"
  "$work/generator" > "$work/theirs"
  row=$(head -n 1 "$work/theirs")
  if ! grep -qxF -- "$row" "$work/ours"; then
    echo "$include: its headers say: $row" >&2
    echo "layout.hpp says: $(grep -F -- "${row%% *}" "$work/ours" || echo nothing)" >&2
    status=1
  fi
  common='dealloc 48 str 16 32 bytes 16 32 state 1c 20 40 shim 3 chunk 0 16 24 stack top 64'
  if [ "$(tail -n 1 "$work/theirs")" != "$common" ]; then
    echo "$include: its headers say: $(tail -n 1 "$work/theirs")" >&2
    echo "layout.hpp and text.cpp say: $common" >&2
    status=1
  fi
  cframe=$(grep '^cframe' "$work/theirs" || true)
  case "$cframe" in '' | 'cframe 48 8' | 'cframe 56 16 entry 68') ;; *)
    echo "$include: its headers say: $cframe, unlike native/mixed_stacks.cpp" >&2
    status=1
  esac
  attributes=$(grep '^type' "$work/theirs")
  case "${row%% *} $attributes" in
    '0x0308 type 32 168 288' | '0x0309 type 32 168 288' | '0x030a type 32 168 288') ;;
    '0x030b type 32 168 288 keys 872 9 24 32 entry 16 values 0 managed 10') ;;
    '0x030c type 32 168 288 keys 880 9 24 32 entry 16 values 0 managed 10') ;;
    '0x030d type 32 168 288 keys 880 9 24 32 entry 16 values 8 managed 10 valid 3 inline 4 at -24') ;;
    '0x030e type 32 168 288 keys 880 9 24 32 entry 16 values 8 managed 10 valid 3 inline 4 at -24') ;;
    '0x030f type 32 168 288 keys 888 9 24 32 entry 16 values 8 managed 10 valid 3 inline 4 at -24') ;;
    *) echo "$include: its headers say: $attributes, unlike instance_attribute.cpp" >&2; status=1 ;;
  esac
  [ "$status" -ne 0 ] || echo "$include: agrees"
done
exit $status
