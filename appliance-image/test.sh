# The boot test: from the disk to "the virtual service answers" and "SNMP answers", then a second
# start from what the first one wrote; what an administrator does; watchdogs, backup and factory reset;
# then damaged slots; at last a second build is compared with the first.
# ./strowger test --image; sourced by image. While one step is worked on, its function's name in
# STROWGER_IMAGE_STEPS leaves out the others.

passed=0
skipped=0
begin=0
tap=''

since() { echo $(($(date +%s) - begin)); }

until_true() { # SECONDS SENTENCE COMMAND...: within so many of now
  limit=$(($(since) + $1)) sentence=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    if [ "$(since)" -ge "$limit" ]; then fail "not within its time ($limit s): $sentence"; fi
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

says() { # PATTERN: without what moves the cursor
  escape=$(printf '\033')
  tr -d '\r' <"$machine/console" | sed "s/$escape\[[0-9;?]*[A-Za-z]//g" | grep -a "$1"
}

start() {
  : >"$machine/console"
  begin=$(date +%s)
  # shellcheck disable=SC2086 # a list of words
  timeout 4000 qemu-system-x86_64 $qemu_words -display none -serial chardev:console -chardev \
    "socket,id=console,path=$machine/serial,server=on,wait=off,logfile=$machine/console,logappend=on" \
    >"$machine/qemu.log" 2>&1 &
  qemu=$!
  # What is typed goes through one connection: the emulator drops what it has not read at its end. A
  # FIFO would be at its end with the first line. What the machine says is read there as well, and
  # dropped: a serial line that nobody reads stops, and the machine with it.
  : >"$machine/keys"
  until_true 30 "the emulator offers its console" [ -S "$machine/serial" ]
  socat "FILE:$machine/keys,ignoreeof!!OPEN:/dev/null,wronly" "UNIX-CONNECT:$machine/serial" &
  keys=$!
}

end() {
  for each in $keys $qemu; do
    kill "$each" 2>/dev/null || true
    wait "$each" 2>/dev/null || true
  done
  rm -f "$machine/serial"
}

# What an administrator types at the console, when it asks for it.
asked() { # QUESTION ANSWER
  until_true 300 "the console says: $1" says "$1"
  : >"$machine/console"
  printf '%s\r' "$2" >>"$machine/keys"
}

menu() { # CHOICE: from the status page, which comes anew once a minute
  : >"$machine/console"
  asked 'Enter: menu' ''
  asked 'Password of the administrator' "$password"
  asked 'q  leave' "$1"
}

weight() { # VALUE: does the first real server have it?
  snmpget -v3 -l authPriv -u demo -a SHA-256 -A "$passphrase" -x AES -X "$passphrase" -t 10 -r 1 \
    "127.0.0.1:$snmp" "$weight_of_a" | grep -q ": $1\$"
}

set_weight() { # VALUE
  snmpset -v3 -l authPriv -u demo -a SHA-256 -A "$passphrase" -x AES -X "$passphrase" -t 30 -r 0 \
    "127.0.0.1:$snmp" "$weight_of_a" u "$1"
}

# stgLbRealWeight of real server a in the pool of the demo
weight_of_a=1.3.6.1.4.1.32473.2.3.1.2.5.1.9.3.119.101.98.1.97

# A further interface, while the director runs: it is there, at once and with what the director has
# put on others, whose process is the same as before.
another_interface() {
  echo "A further interface from the menu:"
  begin=$(date +%s)
  menu 7
  asked '# ' 'ip address add 10.0.2.77/32 dev ens4; systemctl show -p MainPID strowger.service'
  until_true 60 "the director has a process" says '^MainPID=[1-9]'
  process=$(says '^MainPID=' | head -n 1)
  asked '# ' exit
  asked 'q  leave' 3
  asked 'Interface: ' ens16
  asked 'Its address' 192.0.2.10/24
  asked 'q  leave' 7
  asked '# ' 'ip -brief address; systemctl show -p MainPID strowger.service'
  until_true 60 "the interface has its address" says '^ens16.* 192.0.2.10/24'
  until_true 10 "that of the other one stays" says '^ens4.* 10.0.2.77/32'
  until_true 60 "the director is the same process" says "^$process\$"
  leave_shell
}

leave_shell() {
  asked '# ' exit
  asked 'q  leave' q
}

# From inside, all that has a socket of the network; from outside, every TCP port on the data side.
# SNMP's second socket is the one that notifications leave by.
doors() {
  echo "Open doors:"
  begin=$(date +%s)
  menu 7
  asked '# ' "ss -Hlntu | awk '{print \"door\", \$1, \$5}' | sed 's/\[::ffff:\([0-9.]*\)\]/\1/' | sort -u; echo all"
  until_true 60 "they are listed" says '^all'
  until_true 10 "SNMP" says '^door udp 10.0.2.15:161$'
  until_true 10 "the virtual service" says '^door tcp 10.0.2.15:8080$'
  others=$(says '^door' | grep -v ' 10.0.2.15:161$\| 10.0.2.15:8080$' |
    grep -cv '^door udp 10.0.2.15:[1-9][0-9]*$' || true)
  senders=$(says '^door udp' | grep -cv ':161$' || true)
  until_true 1 "nothing else" [ "$others/$((senders > 1))" = 0/0 ]
  leave_shell
  if [ -z "$tap" ]; then
    skipped=$((skipped + 1))
    echo "  skipped: no scan from outside: it needs root, ip and /dev/net/tun"
    return 0
  fi
  ip link set "$tap" netns "$tap"
  ip -n "$tap" address add 192.0.2.1/24 dev "$tap"
  ip -n "$tap" link set "$tap" up
  ip -n "$tap" route add 10.0.2.15 via 192.0.2.10
  until_true 60 "the data side is there" knocked 192.0.2.10 1 2 'open \[\], refused 2, silent 0'
  until_true 600 "every port there refuses" knocked 192.0.2.10 1 65535 'open \[\], refused 65535, silent 0'
  until_true 60 "the management address is silent there" \
    knocked 10.0.2.15 8079 8081 'open \[\], refused 0, silent 3'
}

knocked() { # ADDRESS FIRST LAST WORDS
  ip netns exec "$tap" "$jdk/bin/java" -XX:+UseSerialGC "$here/Knock.java" "$1" "$2" "$3" |
    tee -a "$machine/knocks" | grep -x "$4"
}

# Where it can be, a network of this machine's own is on the data side.
data_side() {
  tap='' device=user,id=data,restrict=on
  if [ "$(id -u)" = 0 ] && [ -w /dev/net/tun ] && ip netns add "strowger$$" 2>/dev/null; then
    tap=strowger$$
    device=tap,id=data,ifname=$tap,script=no,downscript=no
  fi
  qemu_words="$qemu_words -netdev $device -device virtio-net-pci,netdev=data,addr=0x10"
}

# A director that does not come back from its work is started anew by the watchdog.
hung() {
  echo "The director is stopped (SIGSTOP):"
  begin=$(date +%s)
  menu 7
  # The guest's shell expands it; what the kernel says of the process is the proof, not that kill ran.
  # shellcheck disable=SC2016
  asked '# ' 'p=$(systemctl show -P MainPID strowger.service); kill -STOP $p; grep State /proc/$p/status'
  until_true 60 "it is stopped" says '^State:.*stopped'
  until_true 60 "nobody answers" silent
  until_true 600 "SNMP answers" answers_snmp
  asked '# ' 'systemctl show -p NRestarts strowger.service'
  until_true 60 "the watchdog did it" says 'NRestarts=1'
  leave_shell
}

# The director's supervision ends it with 76 when only a restart of the machine is left. What ends so
# here is put in its place until the next start.
asks_for_restart() {
  echo "The director ends with exit code 76:"
  begin=$(date +%s)
  menu 7
  asked '# ' 'd=/run/systemd/system/strowger.service.d; mkdir $d && echo made'
  until_true 60 "there is a folder" says '^made'
  # shellcheck disable=SC2016 # the guest's shell expands it
  asked '# ' 'printf "[Service]\nExecStart=\nExecStart=/bin/sh -c \"exit 76\"\n" >$d/x.conf && echo put'
  until_true 60 "another program stands for the director" says '^put'
  asked '# ' 'systemctl daemon-reload; systemctl --no-block restart strowger.service'
  until_true 600 "the machine restarts" says 'slot a (normal)'
  until_true 1500 "SNMP answers" answers_snmp
}

# The first process dies: systemd does not feed the watchdog of the machine any more.
frozen() {
  echo "The system is frozen (systemd killed):"
  begin=$(date +%s)
  menu 7
  asked '# ' 'kill -SEGV 1'
  until_true 600 "the machine's watchdog resets it" says 'slot a (normal)'
  until_true 1500 "SNMP answers" answers_snmp
  until_true 600 "the slot is found healthy" says 'slot a is healthy'
}

silent() { ! answers_snmp; }

# Everything that was configured is in one sealed file; a factory reset forgets it, the file brings
# it back, and nobody without the passphrase.
restored() {
  echo "Backup, factory reset, restore:"
  begin=$(date +%s)
  until_true 60 "a weight is set" set_weight 7
  menu b
  asked 'Volume, as' /dev/vdc
  asked 'File on it' lb1.backup
  asked 'Passphrase' 'correct horse battery'
  asked 'The same again' 'correct horse battery'
  until_true 120 "the backup is written" says 'holds the configuration and secrets of strowger'
  asked 'q  leave' r
  asked 'Type yes' yes
  until_true 600 "the configuration is made anew" says 'factory reset: /config is made anew'
  until_true 1500 "the volume configures it" says 'configured by the volume'
  until_true 1500 "SNMP answers" answers_snmp
  until_true 60 "the weight is the volume's" weight 1
  menu u
  asked 'Volume, as' /dev/vdc
  asked 'File on it' lb1.backup
  asked 'Passphrase' 'wrong horse battery'
  until_true 120 "another passphrase is refused" says 'the passphrase is another one'
  asked 'q  leave' u
  asked 'Volume, as' /dev/vdc
  asked 'File on it' lb1.backup
  asked 'Passphrase' 'correct horse battery'
  until_true 120 "it will be taken over" says 'at the next start this machine is'
  asked 'q  leave' 8
  asked 'Type yes' yes
  until_true 600 "it is taken over" says '/config is what the backup held'
  until_true 1500 "SNMP answers" answers_snmp
  until_true 60 "the weight is the backup's" weight 7
}

octet_at() { # FILE OFFSET: flips it
  octet=$(od -An -tu1 -j"$2" -N1 "$1")
  # shellcheck disable=SC2059 # the octet is the format
  printf "\\$(printf %03o $((octet ^ 255)))" |
    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# Two slots, the first with one octet of its root flipped: dm-verity stops the kernel, and the boot
# loader takes the other slot. Then the kernel of that one is damaged too: nothing of it is started.
damaged() {
  flat=$machine/damaged.raw
  cp --sparse=always "$out/strowger.raw" "$flat"
  dd if="$flat" of="$flat" bs=$mega skip=$boot_a_at seek=$boot_b_at \
    count=$((boot_a_size + root_a_size)) conv=notrunc,sparse status=none
  sed_env "$flat" 's/a_left=3/a_left=1/; s/b_left=0/b_left=3/'
  octet_at "$flat" $((root_a_at * mega + 50))
  qemu_words=$(echo "$qemu_words" | sed "s|format=qcow2,file=$machine/disk.qcow2|format=raw,file=$flat|")
  echo "One octet of the running slot is wrong:"
  start
  until_true 120 "the boot loader starts slot a" says 'slot a (normal)'
  until_true 900 "the kernel stops" says 'Kernel panic\|tries again in 5 s'
  until_true 1000 "the boot loader falls back to slot b" says 'slot b (fallback)'
  end
  octet_at "$flat" $((boot_b_at * mega + 8 * mega))
  echo "The kernel of the other slot as well:"
  start
  until_true 120 "it is not started" says 'the kernel of slot b is damaged'
  end
}

# The environment block in the disk: GRUB and this write the same 1024 octets in place.
sed_env() { # DISK EXPRESSION
  at=$(($(grep -abo -m 1 '^first=a$' "$1" | cut -d: -f1) - 25)) # behind the block's first line
  block=$(dd if="$1" bs=1 skip="$at" count=1024 status=none | sed "$2")
  printf '%s' "$block" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
}

two_builds() {
  echo "A second build:"
  begin=$(date +%s)
  why=''
  [ "$(id -u)" = 0 ] || why="building needs root"
  clean || why="there are edits that are in no commit"
  [ -e "$out/strowger-$(basename "$home" | sed 's/^strowger-//')+$(git -C "$here" rev-parse \
    --short=12 HEAD).update" ] || why="the image is not of this commit: $me image"
  if [ -n "$why" ]; then
    skipped=$((skipped + 1))
    echo "  skipped: $why"
    return 0
  fi
  again=$(mktemp -d "${TMPDIR:-/var/tmp}/strowger-image-again.XXXXXX")
  chmod 755 "$again" # not below the machine, whose disk holds secrets
  same_again "$again" || die "the second build differs from the first in these files."
  passed=$((passed + 1))
  echo "  $(since) s: the same octets in $(wc -l <"$out/SHA256SUMS") files"
}

try() {
  need "$run_needs curl:curl snmpget:snmp ss:iproute2 socat:socat"
  machine=$(mktemp -d "${TMPDIR:-/var/tmp}/strowger-image-test.XXXXXX")
  pids='' qemu='' keys='' again=''
  trap 'end; stop; [ -z "$tap" ] || ip netns delete "$tap"; rm -rf "$machine" ${again:+"$again"}' EXIT
  trap 'exit 1' HUP INT TERM
  boot=bios
  prepare fresh
  accelerator
  web=$(free_port tcp) snmp=$(free_port udp)
  forwards="hostfwd=tcp:127.0.0.1:$web-:8080,hostfwd=udp:127.0.0.1:$snmp-:161"
  guest
  truncate -s 16M "$machine/backup.img"
  mkfs.vfat --invariant -n BACKUP "$machine/backup.img" >/dev/null
  qemu_words="$qemu_words -drive if=virtio,format=raw,file=$machine/backup.img
"
  data_side
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
  for step in ${STROWGER_IMAGE_STEPS:-another_interface doors hung asks_for_restart frozen restored}
  do
    case $step in damaged | two_builds) ;; *) $step ;; esac
  done
  end
  case ${STROWGER_IMAGE_STEPS:-damaged} in *damaged*) damaged ;; esac
  case ${STROWGER_IMAGE_STEPS:-two_builds} in *two_builds*) two_builds ;; esac
  echo "$passed passed, 0 failed, $skipped skipped"
}
