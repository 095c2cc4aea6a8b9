/** Started by a test with others of its kind: says `ready`, waits for its standard input to end, tries to lock a folder, and says what came of it. */
import { once } from 'node:events';
import { FolderInUse, lockFolder } from '../../harness/system/folder-lock.ts';

const [folder = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
process.stdin.resume();
await once(process.stdin, 'end');
try {
  await lockFolder(folder);
  process.stdout.write('got\n');
  // Held until the test kills it.
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stdout.write(error instanceof FolderInUse ? 'refused\n' : `${error}\n`);
}
