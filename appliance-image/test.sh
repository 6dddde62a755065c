# The boot test: from the disk to "the virtual service answers" and "SNMP answers", then a second
# start from what the first one wrote. ./strowger test --image; sourced by image.

passed=0
begin=0

since() { echo $(($(date +%s) - begin)); }

until_true() { # SECONDS SENTENCE COMMAND...
  limit=$1 sentence=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    if [ "$(since)" -ge "$limit" ]; then fail "not within $limit s: $sentence"; fi
    kill -0 "$qemu" 2>/dev/null || fail "the emulator ended before: $sentence"
    sleep 1
  done
  passed=$((passed + 1))
  echo "  $(since) s: $sentence"
}

fail() {
  echo "strowger: the image's boot test failed: $*; the console's last words:" >&2
  tail -c 3000 "$machine/console" | tr -d '\r' >&2
  exit 1
}

free_port() { # tcp or udp: one that nobody holds now
  while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 10000))
    ss -Hln "--$1" "sport = :$port" | grep -q . || break
  done
  echo $port
}

answers_web() { curl -fsS -m 10 "http://127.0.0.1:$web/" | grep -x '[abc]'; }

answers_snmp() {
  snmpget -v3 -l authPriv -u demo -a SHA-256 -A "$passphrase" -x AES -X "$passphrase" -t 10 -r 0 \
    "127.0.0.1:$snmp" 1.3.6.1.2.1.1.5.0 | grep strowger
}

says() { tr -d '\r' <"$machine/console" | grep -a "$1"; }

start() {
  : >"$machine/console"
  begin=$(date +%s)
  # shellcheck disable=SC2086 # a list of words
  timeout 4000 qemu-system-x86_64 $qemu_words -display none -serial "file:$machine/console" \
    >"$machine/qemu.log" 2>&1 &
  qemu=$!
}

end() {
  kill "$qemu" 2>/dev/null || true
  wait "$qemu" 2>/dev/null || true
}

try() {
  need "$run_needs curl:curl snmpget:snmp ss:iproute2"
  machine=$(mktemp -d "${TMPDIR:-/var/tmp}/strowger-image-test.XXXXXX")
  pids='' qemu=''
  trap 'end; stop; rm -rf "$machine"' EXIT
  trap 'exit 1' HUP INT TERM
  boot=bios
  prepare fresh
  accelerator
  web=$(free_port tcp) snmp=$(free_port udp)
  forwards="hostfwd=tcp:127.0.0.1:$web-:8080,hostfwd=udp:127.0.0.1:$snmp-:161"
  guest
  real_servers
  echo "First start:"
  start
  until_true 120 "the boot loader starts slot a" says 'slot a (normal)'
  until_true 1500 "the volume configures it" says 'configured by the volume'
  until_true 1500 "SNMP answers" answers_snmp
  until_true 1500 "the virtual service answers" answers_web
  # Power off without a word: what it wrote must be enough.
  end
  echo "After a power cut:"
  start
  until_true 1500 "SNMP answers" answers_snmp
  until_true 1500 "the virtual service answers" answers_web
  until_true 1600 "the slot is found healthy" says 'slot a is healthy'
  echo "$passed passed, 0 failed, 0 skipped"
}
