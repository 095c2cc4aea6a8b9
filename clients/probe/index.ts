import { projectVersion } from '../../harness/system/version.ts';
import { addressOf } from '../address.ts';
import { type ClientDefinition, defineClient, SITE_TARGETS } from '../client.ts';
import { OwnFailures } from '../own-failure.ts';
import { ask, newPatience } from './ask.ts';
import { knownOf } from './known.ts';
import { questions } from './questions/index.ts';
import type { WireConnection } from './wire-connection.ts';

/** Asks the direct questions that no browser asks, byte for byte. */
export const probe: ClientDefinition = defineClient({
  id: 'probe',
  title: 'Direct questions',
  provenance: 'emulated',
  kind: 'probe',
  summary: 'a raw socket that asks a server one direct question after another, each on a connection of its own',
  version: async () => ({ version: projectVersion() }),
  async open({ origin, signal, targets = SITE_TARGETS }) {
    const url = new URL(origin);
    const failures = new OwnFailures();
    const target = { ...addressOf(url), signal, failures };
    const known = knownOf(url.host, targets);
    const patience = newPatience();
    const held: WireConnection[] = [];
    return {
      async act(action) {
        if (action.do !== 'ask') throw new Error(`the probe can't "${action.do}": it only asks questions`);
        const question = questions.find((entry) => entry.id === action.question);
        if (!question) throw new Error(`there is no question "${action.question}"; see clients/probe/questions/index.ts`);
        const connection = await failures.duringWork(ask(question, { ...target, known, patience }));
        if (connection) held.push(connection);
      },
      failure: () => failures.first,
      async close() {
        for (const connection of held) connection.destroy();
      },
    };
  },
});
