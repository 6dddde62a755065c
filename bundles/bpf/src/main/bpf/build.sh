#!/bin/sh
# Compiles the packet path, once for each hook: build.sh FOLDER. Called by Maven.
#
# The same sources and the same clang give the same octets: no path and no time gets in. Without
# clang there are no objects; the bundle says so when it starts, and services fall back to relay.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
if ! command -v clang >/dev/null || ! command -v llvm-strip >/dev/null; then
  echo "[WARNING] clang or llvm-strip is not installed (Debian: apt-get install clang llvm" \
    "libbpf-dev): the bundle bpf is built WITHOUT the kernel's programs, and will not forward" >&2
  rm -f "$out"/director.*.o
  exit 0
fi
if [ ! -e /usr/include/bpf/bpf_helpers.h ]; then
  echo "[WARNING] bpf/bpf_helpers.h is not installed (Debian: apt-get install libbpf-dev): the" \
    "bundle bpf is built WITHOUT the kernel's programs, and will not forward" >&2
  rm -f "$out"/director.*.o
  exit 0
fi
mkdir -p "$out"
newest=$(find "$here" -type f -newer "$out/director.xdp.o" 2>/dev/null | head -1)
[ -e "$out/director.bpf.o" ] && [ -e "$out/director.xdp.o" ] && [ -z "$newest" ] && exit 0
cd "$here"
# clang for BPF looks for asm/types.h where Debian has none: in the folder of this processor.
compile() {
  clang -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
    -Wno-address-of-packed-member -I"/usr/include/$(uname -m)-linux-gnu" \
    -fdebug-prefix-map="$here"=. -ffile-prefix-map="$here"=. "$@"
  shift $(($# - 1))
  llvm-strip -g "$1" # what is left is .BTF: the maps' types
}
compile -c director.bpf.c -o "$out/director.bpf.o"
compile -DHOOK_XDP -c director.bpf.c -o "$out/director.xdp.o"
