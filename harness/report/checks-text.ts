import type { Check } from '../system/check.ts';
import { isClone } from '../system/packages.ts';
import { escapeTerminal } from './escape.ts';

const SIGNS: Record<Check['state'], string> = { ok: 'ok     ', limited: 'limited', missing: 'missing' };

/** What a machine has, a line each, and for each thing it lacks the command that mends it. */
export function checksText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ what }) => what.length));
  const lines = checks.map(({ what, state, detail }) => escapeTerminal(`${SIGNS[state]}  ${what.padEnd(width)}  ${detail}`));
  const remedies = [...new Set(checks.flatMap(({ remedy }) => remedy ?? []))];
  const mend =
    remedies.length === 0
      ? []
      : [
          '',
          `What mends it${isClone() ? ' (npm run setup does all of it but what is named there)' : ''}:`,
          ...remedies.map((remedy) => `  ${escapeTerminal(remedy)}`),
        ];
  return `${[...lines, ...mend].join('\n')}\n`;
}
