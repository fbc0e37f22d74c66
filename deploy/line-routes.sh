#!/bin/sh
# Gives each line of this machine a routing table of its own, so that what leaves from its address leaves by it:
#
#     line-routes.sh wwan0 wwan1 eth0
#
# Needs root and iproute2. Run it again whenever an interface got another address; it replaces what it made before. It touches no
# route of the system's own table. A line that is away is passed over.
set -eu

FIRST_TABLE=7001

if [ $# -eq 0 ]; then
  echo "usage: line-routes.sh INTERFACE..." >&2
  exit 2
fi

table=$FIRST_TABLE
for line in "$@"; do
  for family in 4 6; do
    while ip -"$family" rule del lookup "$table" 2>/dev/null; do :; done
    ip -"$family" route flush table "$table" 2>/dev/null || true
    addresses=$(ip -"$family" -o address show dev "$line" scope global 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }')
    [ -n "$addresses" ] || continue
    # The routes that the system has for this line; a modem that has no gateway gets one without.
    ip -"$family" route show table main dev "$line" | while read -r route; do
      # Left without quotes: it is several words. Flags that show only the link's state are no part of a route.
      # shellcheck disable=SC2086
      ip -"$family" route replace table "$table" dev "$line" ${route%% linkdown*} 2>/dev/null || true
    done
    if [ -z "$(ip -"$family" route show table "$table" default)" ]; then
      ip -"$family" route replace default dev "$line" table "$table"
    fi
    for address in $addresses; do
      ip -"$family" rule add from "$address" lookup "$table" priority "$table"
    done
    echo "$line: IPv$family leaves by its own table $table"
  done
  table=$((table + 1))
done
