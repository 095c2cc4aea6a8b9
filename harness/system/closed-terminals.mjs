/**
 * When Node exits, it restores the mode of each descriptor that was a terminal when it started, and aborts where that terminal is closed. JavaScript,
 * because `harness/setup/` runs it before anything is compiled.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** A closed terminal is still a character device; so is `/dev/null`. @param {number} descriptor */
function isCharacterDevice(descriptor) {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Puts `/dev/null` in the place of standard streams whose terminal is closed, when this process exits. */
export function leaveClosedTerminals() {
  process.once('exit', () => {
    for (const descriptor of [0, 1, 2]) {
      if (isatty(descriptor) || !isCharacterDevice(descriptor)) continue;
      closeSync(descriptor);
      // The lowest free number: the one that was just closed.
      openSync('/dev/null', 'r+');
    }
  });
}
