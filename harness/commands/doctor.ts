import { clients } from '../../clients/index.ts';
import { servers } from '../../servers/index.ts';
import { type Check, checkMachine } from '../lab/checks.ts';
import { resolve } from '../lab/selection.ts';
import type { Skipped } from '../model.ts';
import { escapeTerminal } from '../report/escape.ts';
import { EXIT } from './exit.ts';

const SIGNS: Record<Check['state'], string> = { ok: 'ok     ', limited: 'limited', missing: 'missing' };

/** Says what this machine has, and for each lack the one command that mends it. Exit code 3 where nothing can be captured here. */
export async function doctor(options: { json?: boolean }): Promise<void> {
  const [machine, serverChecks, clientChecks] = await Promise.all([
    checkMachine(),
    checksOf('server', servers),
    checksOf('client', clients),
  ]);
  const checks = [...machine, ...serverChecks, ...clientChecks];
  if (options.json) process.stdout.write(`${JSON.stringify(checks, null, 2)}\n`);
  else process.stdout.write(textOf(checks));
  if (!machine.some((check) => check.what.startsWith('capture by') && check.state === 'ok')) process.exitCode = EXIT.unable;
}

type Askable = { id: string; version(): Promise<{ version: string } | { skipped: Skipped }> };

async function checksOf(kind: string, definitions: readonly Askable[]): Promise<Check[]> {
  const { ready, missing } = await resolve(definitions);
  const found = new Map<string, Check>();
  for (const { definition, version } of ready)
    found.set(definition.id, { what: `${kind} ${definition.id}`, state: 'ok', detail: version, remedy: null });
  for (const { definition, skipped } of missing)
    found.set(definition.id, { what: `${kind} ${definition.id}`, state: 'missing', detail: skipped.reason, remedy: skipped.remedy });
  return definitions.flatMap(({ id }) => found.get(id) ?? []);
}

function textOf(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ what }) => what.length));
  const lines = checks.map(({ what, state, detail }) => `${SIGNS[state]}  ${what.padEnd(width)}  ${escapeTerminal(detail)}`);
  const remedies = [...new Set(checks.flatMap(({ remedy }) => remedy ?? []))];
  const mend =
    remedies.length === 0
      ? []
      : ['', 'What mends it (npm run setup does all of it):', ...remedies.map((remedy) => `  ${escapeTerminal(remedy)}`)];
  return `${[...lines, ...mend].join('\n')}\n`;
}
