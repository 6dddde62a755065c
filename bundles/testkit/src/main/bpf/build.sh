#!/bin/sh
# Compiles the real servers' end of tunnels: build.sh FOLDER. Called by Maven. Without clang there
# is no object, and what needs it is skipped and says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v clang >/dev/null || ! [ -e /usr/include/bpf/bpf_helpers.h ]; then
  rm -f "$1/unwrap.bpf.o"
  exit 0
fi
mkdir -p "$1"
if [ -e "$1/unwrap.bpf.o" ] && [ -z "$(find "$here" -type f -newer "$1/unwrap.bpf.o")" ]; then
  exit 0
fi
cd "$here"
clang -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -I"/usr/include/$(uname -m)-linux-gnu" \
  -fdebug-prefix-map="$here"=. -ffile-prefix-map="$here"=. -c unwrap.bpf.c -o "$1/unwrap.bpf.o"
llvm-strip -g "$1/unwrap.bpf.o"
