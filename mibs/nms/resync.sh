#!/bin/sh
# The active alarms of a director, right whatever notification was lost: the recipe of ../README.md.
# usage: resync.sh ADDRESS:PORT OPTIONS OF NET-SNMP...
#   resync.sh 192.0.2.1:161 -v3 -l authPriv -u noc -a SHA-256 -x AES
# The passphrases do not belong on the command line, where ps shows them to every user, but as
# defAuthPassphrase and defPrivPassphrase in ~/.snmp/snmp.conf, mode 0600.
# Prints the sequence number, then a line for each alarm: MAJOR.MINOR SEVERITY RESOURCE.
set -eu
export MIBS=''

agent=$1
shift
enterprise=$(sed -n 's/.*enterprises \([0-9]*\) }.*/\1/p' "$(dirname "$0")/../STROWGER-SMI")
alarms=.1.3.6.1.4.1.$enterprise.2.6.1

sequence() { snmpget -Oqv "$@" "$agent" "$alarms.1.9.0"; }

tries=10
while :; do
  before=$(sequence "$@")
  table=$(snmpbulkwalk -Onqe "$@" "$agent" "$alarms.2.1.1")
  after=$(sequence "$@")
  [ "$before" != "$after" ] || break
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "resync.sh: the list does not come to rest" >&2; exit 1; }
done

echo "$after"
echo "$table" | awk -v "prefix=$alarms.2.1.1." '
  index($1, prefix) == 1 {
    split(substr($1, length(prefix) + 1), at, ".")
    value = $0
    sub(/^[^ ]* /, "", value)
    gsub(/^"|"$/, "", value)
    cell[at[1], at[2]] = value
    row[at[2]] = 1
  }
  END {
    for (i in row)
      if (cell[22, i] == 2) # not shelved
        print cell[2, i] "." cell[3, i], cell[9, i], cell[5, i]
  }' | sort
