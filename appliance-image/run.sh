# Starts the image that was built in an emulator, with a demo behind it: ./strowger image run, and the
# boot test. Sourced by image.

run_needs="qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils mcopy:mtools mkfs.vfat:dosfstools"

need() { # NEEDS
  missing=''
  for need in $1; do
    case $need in
      /*) [ -e "${need%%:*}" ] || missing="$missing ${need#*:}" ;;
      *) command -v "${need%%:*}" >/dev/null || missing="$missing ${need#*:}" ;;
    esac
  done
  [ -z "$missing" ] || die "this needs on Debian 12: apt-get install$missing"
}

# A /dev/kvm that opens is no proof: inside of other virtual machines guests may hang. One that
# says its first word within 20 s is.
accelerator() {
  probe=$machine/probe
  rm -f "$probe"
  if [ -w /dev/kvm ]; then
    timeout 20 qemu-system-x86_64 -accel kvm -cpu host -m 256 -display none -no-reboot -net none \
      -serial "file:$probe" -kernel "$out/vmlinuz" -append "console=ttyS0 panic=-1" \
      >/dev/null 2>&1 || true
  fi
  if grep -qs 'Linux version' "$probe"; then
    say "started under KVM"
    accel="-accel kvm -cpu host"
  else
    say "started under emulation (no guest answers under KVM here): expect minutes, not seconds"
    accel="-accel tcg,thread=multi -cpu max"
  fi
  rm -f "$probe"
}

# What the demo's machine finds at its first start: answers and a configuration.
volume() { # FILE
  mkdir -p "$machine/volume"
  password=$(head -c 9 /dev/urandom | base64 | tr '+/' 'xy')
  passphrase=$(head -c 12 /dev/urandom | base64 | tr '+/' 'xy')
  cat >"$machine/volume/appliance.conf" <<END
# The answers to the questions of the first start.
hostname=strowger
address=10.0.2.15/24
gateway=10.0.2.2
timeServers=none
adminPassword=$password
snmpUser=demo
snmpAuthPassphrase=$passphrase
snmpPrivPassphrase=$passphrase
END
  cp "$here/demo.yaml" "$machine/volume/director.yaml"
  umask_before=$(umask)
  umask 077
  truncate -s 4M "$1"
  umask "$umask_before"
  mkfs.vfat --invariant -n STROWGER "$1" >/dev/null
  (cd "$machine/volume" && mcopy -i "$1" appliance.conf director.yaml ::)
  printf '%s\n%s\n' "$password" "$passphrase" >"$machine/secrets"
  chmod 600 "$machine/secrets"
  rm -r "$machine/volume"
}

real_servers() {
  pids=''
  for name in a b c; do
    port=$((9000 + $(printf %d "'$name") - 96))
    "$jdk/bin/java" -Xmx48m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$home/lib/*" \
      org.strowger.launcher.DemoRealServer "$name" "$port" >"$machine/real-server-$name.log" 2>&1 &
    pids="$pids $!"
  done
}

stop() {
  # shellcheck disable=SC2086 # a list of processes
  [ -z "$pids" ] || kill $pids 2>/dev/null || true
}

prepare() { # FRESH
  need "$run_needs"
  [ -f "$out/strowger.raw" ] || die "no image has been built: $me image"
  mkdir -p "$machine"
  chmod 700 "$machine"
  if [ -n "$1" ] || [ ! -f "$machine/disk.qcow2" ] || [ "$out/strowger.raw" -nt "$machine/disk.qcow2" ]
  then
    qemu-img create -q -f qcow2 -F raw -b "$out/strowger.raw" "$machine/disk.qcow2" 4G
    volume "$machine/volume.img"
  fi
  password=$(sed -n 1p "$machine/secrets")
  passphrase=$(sed -n 2p "$machine/secrets")
}

# The words of qemu, but for the serial line.
guest() {
  firmware=''
  if [ "$boot" = uefi ]; then
    need "/usr/share/OVMF/OVMF_CODE.fd:ovmf"
    [ -f "$machine/uefi-variables" ] || cp /usr/share/OVMF/OVMF_VARS.fd "$machine/uefi-variables"
    firmware="-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd
      -drive if=pflash,format=raw,file=$machine/uefi-variables"
  fi
  # shellcheck disable=SC2086 # lists of words
  set -- $accel $firmware -smp 2 -m 1024 -device i6300esb -watchdog-action reset \
    -drive "if=virtio,format=qcow2,file=$machine/disk.qcow2" \
    -drive "if=virtio,format=raw,readonly=on,file=$machine/volume.img" \
    -device virtio-net-pci,netdev=net -netdev "user,id=net,$forwards" -device virtio-rng-pci
  qemu_words=$*
}

run() {
  fresh='' boot=bios
  machine=$var/image-run
  while [ $# -gt 0 ]; do
    case $1 in
      --fresh) fresh=yes ;;
      --boot) boot=${2:-}; shift
        case $boot in bios | uefi) ;; *) die "--boot is bios or uefi." ;; esac ;;
      *) die "image run does not know $1; see $me help." ;;
    esac
    shift
  done
  prepare "$fresh"
  accelerator
  forwards="hostfwd=tcp:127.0.0.1:8080-:8080,hostfwd=udp:127.0.0.1:1161-:161"
  guest
  real_servers
  trap stop EXIT
  trap 'exit 1' HUP INT TERM
  cat >&2 <<END
The console below is the machine's serial line. Password of the administrator: $password
When its status page says "director active":

  curl http://127.0.0.1:8080/
  snmpwalk -v3 -l authPriv -u demo -a SHA-256 -A $passphrase -x AES -X $passphrase 127.0.0.1:1161 1.3.6.1.4.1.32473

ctrl-A X ends it; what it wrote stays for the next run (--fresh forgets it).

END
  # shellcheck disable=SC2086 # a list of words
  qemu-system-x86_64 $qemu_words -nographic
}
