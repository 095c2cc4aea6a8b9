/** Starts a lane from its bundle; itself a script of one file, since to load modules takes longer than all that a lane has to load. */
import { fileURLToPath } from 'node:url';
import { runBundle } from '../system/bundle.ts';

runBundle(fileURLToPath(new URL('./lane.bundle.cjs', import.meta.url)));
