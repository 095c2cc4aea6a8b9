#!/usr/bin/env bash
# What a runner with Ubuntu lacks: tcpdump, and network namespaces for an ordinary user, which AppArmor restricts there.
set -euo pipefail
if ! command -v tcpdump > /dev/null && ! [ -x /usr/sbin/tcpdump ] && ! [ -x /usr/bin/tcpdump ]; then
  sudo apt-get update -qq
  sudo apt-get install -y -qq --no-install-recommends tcpdump
fi
restricted=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ -e "$restricted" ] && [ "$(cat "$restricted")" != 0 ]; then
  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
fi
