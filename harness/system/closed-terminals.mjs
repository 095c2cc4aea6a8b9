/**
 * Node restores the mode of each terminal that it began with when it exits, and aborts where that terminal is gone. JavaScript, because `harness/setup/`
 * runs it before anything is compiled.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Major numbers of terminal devices on Linux (its Documentation/admin-guide/devices.txt): consoles, and Unix98 pseudo-terminals. */
const TERMINAL_MAJORS = new Set([4, 5, ...Array.from({ length: 8 }, (_, index) => 136 + index)]);

/** Whether a descriptor is a terminal that was closed: still its device, but no terminal any more. @param {number} descriptor */
function isClosedTerminal(descriptor) {
  try {
    const { rdev } = fstatSync(descriptor);
    return !isatty(descriptor) && TERMINAL_MAJORS.has((rdev >> 8) & 0xfff);
  } catch {
    return false;
  }
}

/** Lets `/dev/null` take the place of standard streams whose terminal is gone, when this process exits. */
export function leaveClosedTerminals() {
  process.once('exit', () => {
    for (const descriptor of [0, 1, 2]) {
      if (!isClosedTerminal(descriptor)) continue;
      closeSync(descriptor);
      // The lowest free number: the one that was just closed.
      openSync('/dev/null', 'r+');
    }
  });
}
