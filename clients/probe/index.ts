import { setMaxListeners } from 'node:events';
import { projectVersion } from '../../harness/system/version.ts';
import { addressOf } from '../address.ts';
import { type ClientDefinition, defineClient, type ProbeManner, SITE_TARGETS } from '../client.ts';
import { isOwnFailure, OwnFailures } from '../own-failure.ts';
import { ask, hostIn, newPatience } from './ask.ts';
import { knownOf } from './known.ts';
import type { Question } from './question.ts';
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
  async open({ origin, signal, targets = SITE_TARGETS, manner = {}, questions: more = [] }) {
    // Each connection that is held listens to it.
    setMaxListeners(0, signal);
    const url = new URL(origin);
    const failures = new OwnFailures();
    const target = { ...addressOf(url), signal, failures, manner };
    const known = knownOf(hostIn(manner) ?? url.host, targets);
    const patience = newPatience(manner);
    const held = new Map<string, WireConnection[]>();
    const statuses = new Map<string, number>();
    const begin = async (question: Question): Promise<void> => {
      const { on, onlyAfter, release = [], connections = 1 } = question;
      if (onlyAfter && isRefused(statuses.get(onlyAfter.question) ?? 0, statuses.get(onlyAfter.plain))) return;
      await Promise.all(release.flatMap((id) => held.get(id) ?? []).map((connection) => connection.close()));
      const before = on === undefined ? undefined : held.get(on)?.at(-1);
      if (on !== undefined && (!before || before.ended)) return;
      const asking = { ...target, known, patience, statuses, ...(before ? { held: before } : {}) };
      const opened = await Promise.all(Array.from({ length: connections }, () => ask(question, asking)));
      held.set(question.id, [...(held.get(question.id) ?? []), ...opened.filter((connection) => connection !== null)]);
    };
    return {
      async act(action) {
        if (action.do !== 'ask') throw new Error(`the probe can't "${action.do}": it only asks questions`);
        const question = [...questions, ...more].find((entry) => entry.id === action.question);
        if (!question) throw new Error(`there is no question "${action.question}"; see clients/probe/questions/index.ts`);
        try {
          for (let round = roundsOf(question, manner); round > 0; round--) await failures.duringWork(begin(question));
        } catch (error) {
          if (!question.mayBeRefused || isOwnFailure(error)) throw error;
        }
      },
      failure: () => failures.first,
      async close() {
        for (const connection of [...held.values()].flat()) connection.destroy();
      },
    };
  },
});

/** Enough for a server that looks at its connections every three seconds. */
const SAMPLES = 4;

/** How often a question is asked: the first sample is another question's. */
const roundsOf = ({ perSample }: Question, { samples = SAMPLES }: ProbeManner): number => (perSample ? samples - 1 : 1);

/** Whether an answer is unlike the plain one and says that the request is wrong or too large, or that the server is; or none came. */
const isRefused = (status: number, plain: number | undefined): boolean =>
  status === 0 || (status !== plain && ([400, 413, 414, 431].includes(status) || status >= 494));
