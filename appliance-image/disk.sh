# Slots, the disk with its boot loader, bill of materials and manifest. Sourced by image.

mega=1048576
# Partitions: first MiB and MiB. The last one grows to the disk's end at the first start.
esp_at=2 esp_size=64
boot_a_at=66 boot_a_size=96 root_a_at=162 root_a_size=384
boot_b_at=546 boot_b_size=96 root_b_at=642 root_b_size=384
config_at=1026 config_size=256 state_at=1282 state_size=256
disk_size=1539

fixed_uuid() { # NAME: the same in every image
  printf 'strowger %s' "$1" | sha256sum |
    sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\).*/\1-\2-4\3-8\4-\5/'
}

# What a slot is: boot.img with kernel, initial RAM disk and root hash; root.img, the squashfs with
# its hash tree behind it. Also the update package: both, and what they are.
slot() {
  root_image=$work/out/root.img
  cp "$work/out/root.squashfs" "$root_image"
  size=$(stat -c %s "$root_image")
  blocks=$(((size + 4095) / 4096))
  truncate -s $((blocks * 4096)) "$root_image"
  salt=$(sha256sum <"$root_image" | cut -c1-64)
  hash=$(veritysetup format --salt="$salt" --uuid="$(fixed_uuid verity)" --data-blocks=$blocks \
    --hash-offset=$((blocks * 4096)) "$root_image" "$root_image" |
    sed -n 's/^Root hash:[[:space:]]*//p')
  [ ${#hash} = 64 ] || die "veritysetup gave no root hash."
  mkdir -p "$work/boot"
  cp "$work/out/vmlinuz" "$work/out/initrd" "$work/boot/"
  cmdline="console=tty0 console=ttyS0,115200 quiet panic=10 lsm=lockdown,yama,bpf"
  cat >"$work/boot/slot.cfg" <<END
# version $version
linux \$boot/vmlinuz $cmdline strowger.slot=\$slot strowger.verity=$hash,$blocks,$salt \$extra
initrd \$boot/initrd
END
  (cd "$work/boot" && sha256sum vmlinuz initrd slot.cfg | sed 's|  |  /|' >SHA256SUMS)
  # Not packed, so that the boot loader reads it fast; both files are packed already.
  squash "$work/boot" "$work/out/boot.img" -comp gzip -noI -noD -noF -noX -all-root
  cat >"$work/out/manifest" <<END
product strowger-appliance
version $version
class reboot
boot.img $(sha256sum <"$work/out/boot.img" | cut -c1-64)
root.img $(sha256sum <"$root_image" | cut -c1-64)
END
  # For who boots over the network: what belongs on the kernel's command line.
  echo "$cmdline strowger.slot=net strowger.verity=$hash,$blocks,$salt" >"$work/out/netboot.cmdline"
  (cd "$work/out" && sign manifest && tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 \
    --group=0 --numeric-owner -cf "strowger-$version.update" manifest boot.img root.img \
    $([ ! -e manifest.signature ] || echo manifest.signature))
}

# STROWGER_SIGN is a command that writes FILE.signature; without it nothing is signed.
sign() { # FILE
  [ -z "${STROWGER_SIGN:-}" ] || $STROWGER_SIGN "$1"
}

disk() {
  raw=$work/out/strowger.raw
  truncate -s $((disk_size * mega)) "$raw"
  linux=0FC63DAF-8483-4772-8E79-3D69D8477DE4
  {
    echo "label: gpt"
    echo "label-id: $(fixed_uuid disk)"
    echo "first-lba: 34"
    partition_line $((esp_at * 2048)) $((esp_size * 2048)) C12A7328-F81F-11D2-BA4B-00C04FC93EC9 esp
    partition_line 34 2014 21686148-6449-6E6F-744E-656564454649 bios
    partition_line $((boot_a_at * 2048)) $((boot_a_size * 2048)) $linux boot-a
    partition_line $((root_a_at * 2048)) $((root_a_size * 2048)) $linux root-a
    partition_line $((boot_b_at * 2048)) $((boot_b_size * 2048)) $linux boot-b
    partition_line $((root_b_at * 2048)) $((root_b_size * 2048)) $linux root-b
    partition_line $((config_at * 2048)) $((config_size * 2048)) $linux config
    partition_line $((state_at * 2048)) $((state_size * 2048)) $linux state
  } >"$work/table"
  sfdisk --quiet "$raw" <"$work/table"
  loader
  put_at $esp_at "$work/esp.img"
  put_at $boot_a_at "$work/out/boot.img"
  put_at $root_a_at "$work/out/root.img"
  qemu-img convert -f raw -O qcow2 -c "$raw" "$work/out/strowger.qcow2"
}

partition_line() { # START SECTORS TYPE NAME
  echo "start=$1, size=$2, type=$3, uuid=$(fixed_uuid "$4"), name=strowger-$4"
}

put_at() { # MIB FILE
  dd if="$2" of="$raw" bs=$mega seek="$1" conv=notrunc,sparse status=none
}

little_endian() { # NUMBER: eight octets
  number=$1 octets=''
  for _ in 1 2 3 4 5 6 7 8; do
    octets="$octets\\$(printf %03o $((number % 256)))"
    number=$((number / 256))
  done
  # shellcheck disable=SC2059 # the octets are the format
  printf "$octets"
}

# GRUB for BIOS and for UEFI: one disk starts on old metal, on new metal and in every hypervisor.
# Its choices stand in an environment block that is written in place; systemd-boot, the other boot
# loader that counts, renames files for that by way of the firmware's FAT driver, and knows no BIOS.
loader() {
  grub=$work/tools/usr/lib/grub
  all="part_gpt fat squash4 normal configfile loadenv regexp hashsum gcry_sha256 search
    search_fs_file linux echo test sleep reboot halt serial terminal minicmd"
  cat >"$work/early.cfg" <<'END'
search --no-floppy --file --set=root /strowger/grub.cfg
set prefix=($root)/strowger
configfile ($root)/strowger/grub.cfg
END
  # shellcheck disable=SC2086 # a list of words
  grub-mkimage -d "$grub/i386-pc" -O i386-pc -o "$work/core.img" -c "$work/early.cfg" \
    -p /strowger biosdisk $all
  # shellcheck disable=SC2086
  grub-mkimage -d "$grub/x86_64-efi" -O x86_64-efi -o "$work/bootx64.efi" -c "$work/early.cfg" \
    -p /strowger efi_gop efi_uga all_video $all
  mkdir -p "$work/esp/EFI/BOOT" "$work/esp/strowger"
  cp "$work/bootx64.efi" "$work/esp/EFI/BOOT/BOOTX64.EFI"
  cp "$here/boot/grub.cfg" "$work/esp/strowger/grub.cfg"
  printf '# GRUB Environment Block\nfirst=a\ngood=a\na_left=3\nb_left=0\nbooted=a\nwhy=new\n' \
    >"$work/block"
  {
    cat "$work/block"
    head -c $((1024 - $(stat -c %s "$work/block"))) /dev/zero | tr '\0' '#'
  } >"$work/esp/strowger/boot.env"
  find "$work/esp" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  truncate -s $((esp_size * mega)) "$work/esp.img"
  mkfs.vfat --invariant -F 32 -n STROWGERESP -i 53545257 "$work/esp.img" >/dev/null
  (cd "$work/esp" && mcopy -s -m -i "$work/esp.img" EFI strowger ::)
  bios_loader
}

# As grub-bios-setup does, without a device: boot.img in the first sector knows where core.img
# starts, core.img where its second sector is.
bios_loader() {
  start=34
  cp "$grub/i386-pc/boot.img" "$work/mbr"
  little_endian $start | dd of="$work/mbr" bs=1 seek=92 conv=notrunc status=none
  printf '\220\220' | dd of="$work/mbr" bs=1 seek=102 conv=notrunc status=none
  little_endian $((start + 1)) | dd of="$work/core.img" bs=1 seek=500 conv=notrunc status=none
  [ "$(stat -c %s "$work/core.img")" -le $((2014 * 512)) ] || die "GRUB's core is too large."
  dd if="$work/mbr" of="$raw" bs=1 count=440 conv=notrunc status=none
  dd if="$work/core.img" of="$raw" bs=512 seek=$start conv=notrunc status=none
}

# CycloneDX: packages with version, licence file's place and hash; bundles and libraries likewise.
bill() {
  sbom >"$work/out/sbom.cdx.json"
  rm -f "$work/out/root.img" "$work/out/boot.img"
  (cd "$work/out" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" . &&
    sign SHA256SUMS)
  rm -f "$work/out/manifest" "$work/out/manifest.signature"
}

sbom() {
  cat <<END
{
  "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
  "metadata": {
    "timestamp": "$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)",
    "component": {"type": "firmware", "name": "strowger-appliance", "version": "$version"},
    "tools": [$(for tool in mmdebstrap squashfs-tools cryptsetup-bin dosfstools mtools grub-common \
      qemu-utils zstd; do
      printf '{"vendor": "Debian", "name": "%s", "version": "%s"}\n' $tool \
        "$(dpkg-query -W -f '${Version}' $tool)"
    done | paste -sd,)]
  },
  "components": [
END
  {
    grep -v '^#' "$lock" | while read -r kind name v hash _; do
      scope=required
      printf '    {"type": "library", "name": "%s", "version": "%s", "scope": "%s",' "$name" "$v" $scope
      printf ' "group": "debian", "purl": "pkg:deb/debian/%s@%s?distro=bookworm",' "$name" \
        "$(echo "$v" | sed 's/+/%2B/g; s/:/%3A/g; s/~/%7E/g')"
      printf ' "hashes": [{"alg": "SHA-256", "content": "%s"}],' "$hash"
      printf ' "properties": [{"name": "strowger:part", "value": "%s"}]}\n' "$kind"
    done
    for jar in "$home"/lib/*.jar "$home"/bundles/*.jar; do
      printf '    {"type": "library", "group": "java", "name": "%s", "version": "%s",' \
        "$(basename "$jar" .jar)" "$(jar_version "$jar")"
      printf ' "hashes": [{"alg": "SHA-256", "content": "%s"}]}\n' \
        "$(sha256sum <"$jar" | cut -c1-64)"
    done
    printf '    {"type": "platform", "name": "java-runtime", "version": "%s"}\n' \
      "$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$jdk/release")"
  } | sed '$!s/$/,/'
  printf '  ]\n}\n'
}

jar_version() { # JAR
  unzip -p "$1" META-INF/MANIFEST.MF 2>/dev/null | tr -d '\r' |
    sed -n 's/^Bundle-Version: *//p; s/^Implementation-Version: *//p' | head -n 1
}
