# The packages of the image: names (packages) -> versions and hashes (packages.lock) -> files.
# Sourced by image.

# The archives as this machine's apt knows them: STROWGER_DEBIAN_MIRROR, else deb.debian.org.
mirror=${STROWGER_DEBIAN_MIRROR:-http://deb.debian.org}
snapshot=http://snapshot.debian.org/archive

names() { # KIND
  awk -v kind="$1" '$1 == kind {for (i = 2; i <= NF; i++) print $i}' "$here/packages"
}

# An apt of its own: nothing is installed in it, and it knows Debian 12 only.
apt_alone() {
  alone=$work/apt
  mkdir -p "$alone/state/lists/partial" "$alone/cache/archives/partial" \
    "$alone/etc/apt.conf.d" "$alone/etc/preferences.d" "$alone/etc/sources.list.d"
  : >"$alone/status"
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  cat >"$alone/etc/sources.list" <<END
deb [signed-by=$keyring] $mirror/debian bookworm main
deb [signed-by=$keyring] $mirror/debian bookworm-updates main
deb [signed-by=$keyring] $mirror/debian-security bookworm-security main
END
  cat >"$alone/conf" <<END
Dir "$alone";
Dir::Etc "etc";
Dir::State "state";
Dir::State::status "$alone/status";
Dir::Cache "cache";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::ForceHash "sha256";
END
  APT_CONFIG=$alone/conf apt-get -qq update
}

uris() { # KIND APT_WORD NAME...
  kind=$1 word=$2
  shift 2
  APT_CONFIG=$alone/conf apt-get -qq --print-uris "$word" "$@" | tr -d "'" | sed "s|$mirror/||" |
    while read -r path file size hash; do
      name=${file%%_*}
      version=${file#*_}
      version=$(echo "${version%_*}" | sed 's/%3a/:/')
      case $hash in SHA256:*) ;; *) die "no SHA-256 for $file" ;; esac
      echo "$kind $name $version ${hash#SHA256:} $size $path"
    done
}

write_lock() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  apt_alone
  newest=$(APT_CONFIG=$alone/conf apt-cache depends "$(names kernel)" |
    awk '$1 == "Depends:" {print $2; exit}')
  {
    echo "# Written by ./strowger image --lock at $(date -u +%Y%m%dT%H%M%SZ); do not edit."
    echo "# KIND NAME VERSION SHA256 OCTETS PATH-IN-THE-ARCHIVE"
    # shellcheck disable=SC2046 # lists of words
    {
      uris root install $(names root)
      uris kernel download "$newest"
      uris tool download $(names tool)
    } | sort -u
  } >"$work/lock"
  grep -q '^kernel ' "$work/lock" && grep -q '^root systemd ' "$work/lock" ||
    die "apt did not say what the image is made of."
  cp "$work/lock" "$lock"
  say "$(grep -vc '^#' "$lock") packages locked in $lock"
}

# Every package of the lock into the cache, checked; from the mirror, or when it has a newer version
# only from Debian's archive of all versions.
fetch() {
  fetch_only '' ''
}

# Of one kind, and names that begin so, only.
fetch_only() { # KIND NAME: empty is any
  mkdir -p "$cache"
  stamp=$(sed -n 's/.*--lock at \([0-9TZ]*\);.*/\1/p' "$lock")
  awk -v kind="$1" -v name="$2" '/^#/ {next}
    (kind == "" || $1 == kind) && (name == "" || index($2, name) == 1)' "$lock" |
    while read -r _ name version hash size path; do
      file=$cache/$hash.deb
      whole "$file" "$hash" && continue
      say "fetching $name $version ($size octets)"
      curl -fsSL --retry 3 -o "$file.new" "$mirror/$path" ||
        curl -fsSL --retry 3 -o "$file.new" \
          "$snapshot/$(echo "$path" | sed "s|/|/$stamp/|")" ||
        die "$name $version is neither at $mirror nor at $snapshot."
      whole "$file.new" "$hash" ||
        die "$name $version: what came from $mirror is not what packages.lock wants ($hash)."
      mv "$file.new" "$file"
    done
}

whole() { # FILE SHA256
  [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -c1-64)" = "$2" ]
}

locked() { # KIND: the files of its packages
  awk -v kind="$1" -v cache="$cache" '$1 == kind {print cache "/" $4 ".deb"}' "$lock"
}
