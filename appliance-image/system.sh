# What is in the image: Java runtime, kernel, root file system, initial RAM disk. Sourced by image.

runtime() {
  wanted=$(grep '^[a-z]' "$here/java-modules" | paste -sd, -)
  unused=$(sed -n 's/^-//p' "$here/java-modules" | paste -sd, -)
  used=$("$jdk/bin/jdeps" --ignore-missing-deps --multi-release 25 --print-module-deps \
    "$home"/lib/*.jar "$home"/bundles/*.jar)
  for module in $(echo "$used" | tr , ' '); do
    case ,$wanted,$unused, in
      *,"$module",*) ;;
      *) die "the distribution uses the Java module $module: name it in $here/java-modules." ;;
    esac
  done
  # jlink's output follows the order of sets, which hangs on the nanosecond its VM was started in:
  # with a clock that stands still it is the same every time.
  faketime -f '2000-01-01 00:00:00' "$jdk/bin/jlink" --add-modules "$wanted" --compress zip-0 \
    --strip-debug --no-header-files --no-man-pages --output "$work/java"
  # The JDK's own classes, prepared: for the director's collector, and for the command line's.
  "$work/java/bin/java" -XX:-UseCompressedOops -Xshare:dump >"$work/java.log"
  "$work/java/bin/java" -Xshare:dump >>"$work/java.log"
}

kernel() {
  mkdir -p "$work/kernel" "$work/tools" "$work/out"
  dpkg-deb -x "$(locked kernel)" "$work/kernel"
  for package in $(locked tool); do dpkg-deb -x "$package" "$work/tools"; done
  release=$(ls "$work/kernel/lib/modules")
  cp "$work/kernel/boot/vmlinuz-$release" "$work/out/vmlinuz"
  modules=$work/kernel/lib/modules/$release
  (cd "$modules/kernel" && find . -name '*.ko*' | sed 's|^\./||' | sort) >"$work/modules.all"
  grep "^[-+] " "$here/kernel-modules" >"$work/patterns"
  keep "$work/modules.all" >"$work/modules.leave-out"
  (cd "$modules/kernel" && xargs rm -f) <"$work/modules.leave-out"
  # What stays may need what was left out: bring that back.
  mkdir -p "$work/again"
  dpkg-deb --fsys-tarfile "$(locked kernel)" | tar -x -C "$work/again" ./lib
  depmod -b "$work/again" "$release"
  (cd "$modules/kernel" && find . -name '*.ko*' | sed 's|^\./|kernel/|') | sort >"$work/modules.stay"
  awk -F'[: ]+' 'NR == FNR {stay[$1]; next} $1 in stay {for (i = 1; i <= NF; i++) if ($i) print $i}' \
    "$work/modules.stay" "$work/again/lib/modules/$release/modules.dep" | sort -u |
    while read -r module; do
      [ -e "$modules/$module" ] || {
        mkdir -p "$(dirname "$modules/$module")"
        cp "$work/again/lib/modules/$release/$module" "$modules/$module"
      }
    done
  rm -rf "$work/again"
  # The squashfs packs them better than each by itself.
  find "$modules" -name '*.ko.xz' -exec xz -d {} +
  find "$modules" -type d -empty -delete
  depmod -b "$work/kernel" "$release"
}

keep() { # LIST: those that the last fitting line of kernel-modules leaves out
  while read -r module; do
    left=+
    while read -r sign pattern; do
      # shellcheck disable=SC2254 # it is a pattern
      case $module in $pattern) left=$sign ;; esac
    done <"$work/patterns"
    if [ "$left" = - ]; then echo "$module"; fi
  done <"$1"
}

# The root file system: the packages of the lock from a folder, what is not needed removed, ours put
# over it.
system() {
  mkdir -p "$work/archive" "$work/root"
  for package in $(locked root); do ln "$package" "$work/archive" 2>/dev/null ||
    cp "$package" "$work/archive"; done
  for package in "$work"/archive/*.deb; do
    dpkg-deb -f "$package" Package Version Architecture Essential Multi-Arch Provides Depends \
      Pre-Depends Conflicts Breaks Replaces
    echo "Filename: ./${package##*/}"
    echo "Size: $(stat -c %s "$package")"
    echo "SHA256: $(sha256sum <"$package" | cut -c1-64)"
    echo
  done >"$work/archive/Packages"
  mmdebstrap --quiet --mode=root --variant=custom --include="$(
    awk '$1 == "root" {print $2}' "$lock" | paste -sd, -)" \
    --setup-hook='for to in bin sbin lib lib64; do
      mkdir -p "$1/usr/$to" && ln -s usr/$to "$1/$to"; done' \
    --aptopt='APT::Sandbox::User "root"' --aptopt='Acquire::Languages "none"' \
    bookworm "$work/root" "deb [trusted=yes] copy:$work/archive ./"
  prune "$work/root"
  cp -a --no-preserve=ownership "$here/root/." "$work/root/"
  mkdir -p "$work/root/opt/strowger" "$work/root/usr/lib/modules"
  cp -a --no-preserve=ownership "$home/." "$work/root/opt/strowger/"
  cp "$here/APPLIANCE.md" "$work/root/opt/strowger/"
  cp -a --no-preserve=ownership "$work/java" "$work/root/opt/java"
  # Whatever the umask of the clone was. Owners of Debian's files stay.
  (cd "$here/root" && find . -mindepth 1) | (cd "$work/root" && xargs chown 0:0)
  (cd "$here/root" && find . -mindepth 1) | (cd "$work/root" && xargs chmod u=rwX,go=rX)
  chown -R 0:0 "$work/root/opt"
  chmod -R u=rwX,go=rX "$work/root/opt"
  cp -a "$work/kernel/lib/modules/$release" "$work/root/usr/lib/modules/"
  settle "$work/root"
}

pack() {
  squash "$work/root" "$work/out/root.squashfs" -comp zstd -Xcompression-level "$level" -b 256K
}

# One time in every file: mksquashfs by itself would only cut off what is newer.
squash() { # FOLDER FILE WORD...
  env -u SOURCE_DATE_EPOCH mksquashfs "$@" -mkfs-time "$SOURCE_DATE_EPOCH" \
    -all-time "$SOURCE_DATE_EPOCH" -noappend -no-progress -quiet -no-xattrs >/dev/null
}

# Removes what only installing needs; licences stay.
prune() { # ROOT
  cp "$1/var/lib/dpkg/status" "$work/status"
  for package in perl perl-base perl-modules-5.36 libperl5.36 debconf dpkg ucf adduser; do
    for list in "$1/var/lib/dpkg/info/$package.list" "$1/var/lib/dpkg/info/$package:amd64.list"; do
      [ -e "$list" ] || continue
      while read -r file; do
        case $file in /usr/share/doc/*) continue ;; esac
        [ -d "$1$file" ] || rm -f "$1$file"
      done <"$list"
    done
  done
  find "$1/usr/share/doc" -type f ! -name copyright -delete
  find "$1/usr/share/doc" -type l -delete
  rm -rf "$1"/usr/share/man/* "$1"/usr/share/info "$1"/usr/share/locale/* "$1"/usr/share/perl* \
    "$1"/usr/lib/x86_64-linux-gnu/perl* "$1"/usr/share/lintian "$1"/usr/share/bug \
    "$1"/usr/share/bash-completion "$1"/usr/share/zsh "$1"/usr/share/debconf \
    "$1"/usr/share/i18n "$1"/var/lib/dpkg "$1"/var/lib/apt "$1"/var/lib/ucf "$1"/var/cache/* "$1"/var/log/* \
    "$1"/var/lib/systemd/catalog "$1"/etc/apt "$1"/etc/cron* "$1"/etc/dpkg "$1"/etc/perl "$1"/etc/init.d "$1"/etc/rc?.d \
    "$1"/boot/* "$1"/tmp/* "$1"/run/* "$1"/etc/*- "$1"/dev/*
  find "$1/usr" "$1/var" -depth -type d -empty -path '*perl*' -delete
}

# Users, what is mounted where, what starts.
settle() { # ROOT
  echo 'strowger:x:990:990:the director:/config/director:/usr/sbin/nologin' >>"$1/etc/passwd"
  echo 'strowger:x:990:' >>"$1/etc/group"
  # No password anywhere: that of the administrator comes with the first boot, for the console only.
  sed -i 's/^\([^:]*\):[^:]*:[^:]*:/\1:!*:0:/' "$1/etc/shadow"
  echo 'strowger:!*:0:0:99999:7:::' >>"$1/etc/shadow"
  echo 'strowger:!::' >>"$1/etc/gshadow"
  mkdir -p "$1/config" "$1/state" "$1/root" "$1/run" "$1/proc" "$1/sys" "$1/dev" "$1/tmp"
  chmod 1777 "$1/tmp"
  rm -f "$1/etc/machine-id" "$1/var/lib/dbus/machine-id" "$1/etc/hostname" "$1/etc/resolv.conf"
  : >"$1/etc/machine-id"
  cat >"$1/etc/os-release" <<END
ID=strowger
NAME="Strowger"
PRETTY_NAME="Strowger $version"
VERSION_ID="$version"
IMAGE_ID=strowger
IMAGE_VERSION="$version"
BUILD_ID="$(git -C "$here" rev-parse HEAD)"
END
  for unit in $(grep -v '^#' "$here/units"); do
    case $unit in
      -*) ln -sf /dev/null "$1/etc/systemd/system/${unit#-}" ;;
      *) systemctl --root "$1" enable --quiet "$unit" ;;
    esac
  done
  ln -sf /usr/lib/systemd/system/multi-user.target "$1/etc/systemd/system/default.target"
}

# The initial RAM disk: a static shell, dmsetup and its libraries, modules of disks.
initial_disk() {
  disk=$work/initrd
  mkdir -p "$disk/bin" "$disk/lib" "$disk/dev" "$disk/proc" "$disk/sys" "$disk/run" "$disk/mnt"
  cp "$work/tools/bin/busybox" "$disk/bin/busybox"
  cp "$here/initrd/init" "$disk/init"
  chmod 755 "$disk/init"
  with_libraries usr/sbin/dmsetup
  with_libraries usr/sbin/sfdisk
  boot_modules | while read -r module; do
    mkdir -p "$disk/lib/modules/$release/$(dirname "$module")"
    cp "$modules/$module" "$disk/lib/modules/$release/$module"
  done
  cp "$modules/modules.order" "$modules/modules.builtin" "$modules/modules.builtin.modinfo" \
    "$disk/lib/modules/$release/"
  depmod -b "$disk" "$release"
  find "$disk" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$disk" && find . -print0 | sort -z |
    cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) |
    zstd -q -15 -T1 >"$work/out/initrd"
}

with_libraries() { # PROGRAM of the root file system
  mkdir -p "$disk/$(dirname "$1")" "$disk/lib64" "$disk/lib/x86_64-linux-gnu"
  cp -L "$work/root/$1" "$disk/$1"
  chroot "$work/root" /lib64/ld-linux-x86-64.so.2 --list "/$1" |
    grep -o '/[^ ]*\.so[^ ]*' | while read -r library; do
      case $library in
        /lib64/*) cp -L "$work/root$library" "$disk/lib64/" ;;
        *) cp -L "$work/root$library" "$disk/lib/x86_64-linux-gnu/" ;;
      esac
    done
}

# What a disk can hang on, file systems, and all they need.
boot_modules() {
  (cd "$modules" && find kernel/drivers/ata kernel/drivers/nvme kernel/drivers/scsi \
    kernel/drivers/block kernel/drivers/virtio kernel/drivers/usb/host kernel/drivers/usb/storage \
    kernel/drivers/mmc kernel/drivers/message kernel/drivers/hv kernel/drivers/xen \
    kernel/drivers/pci kernel/fs/ext4 kernel/fs/overlayfs kernel/fs/squashfs kernel/fs/fat \
    kernel/fs/nls kernel/fs/isofs kernel/drivers/md/dm-verity.ko kernel/drivers/md/dm-mod.ko \
    -name '*.ko' 2>/dev/null) | sort >"$work/boot.modules"
  awk -F'[: ]+' 'NR == FNR {boot[$1]; next} $1 in boot {for (i = 1; i <= NF; i++) if ($i) print $i}' \
    "$work/boot.modules" "$modules/modules.dep" | sort -u
}
