/** Started inside a lane's namespace: asks every backend whether it can capture there, and writes the answers as JSON. */
import { bringUpLoopback, type Isolation } from '../namespace.ts';
import { type BackendState, backends } from './select.ts';

const kind = process.argv[2] as Isolation['kind'];
if (kind === 'network-namespace') await bringUpLoopback();
const states: BackendState[] = [];
for (const backend of backends) states.push({ id: backend.id, clock: backend.clock, state: await backend.available() });
process.stdout.write(JSON.stringify(states));
