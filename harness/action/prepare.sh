#!/usr/bin/env bash
# What a runner with Ubuntu lacks: tcpdump, and network namespaces for an ordinary user, which AppArmor restricts there.
set -euo pipefail
# A job in a container is root, and has no sudo.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if ! command -v tcpdump > /dev/null && ! [ -x /usr/sbin/tcpdump ] && ! [ -x /usr/bin/tcpdump ]; then
  as_root apt-get update -qq
  as_root apt-get install -y -qq --no-install-recommends tcpdump
fi
restricted="${RESTRICTED:-/proc/sys/kernel/apparmor_restrict_unprivileged_userns}"
if [ -e "$restricted" ] && [ "$(cat "$restricted")" != 0 ] && [ "$(id -u)" != 0 ]; then
  as_root sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
fi
