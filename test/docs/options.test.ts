/** docs/configuration.md lists every option of the commands that read a configuration, and where else it is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { expect, it } from 'vitest';
import type { RunSettings } from '../../harness/api/run.ts';
import { addCompare } from '../../harness/commands/compare.ts';
import { addProbe } from '../../harness/commands/probe.ts';
import { addRace } from '../../harness/commands/race.ts';
import { settingNames } from '../../harness/config/config.ts';
import { settingsOf } from '../../harness/config/settings.ts';

const TEXT = readFileSync(path.join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
/** The rows of a table, by the first cell of its head. */
function rowsOf(head: string): string[][] {
  const from = TEXT.indexOf(`| ${head} |`);
  const [, , ...lines] = TEXT.slice(from, TEXT.indexOf('\n\n', from)).split('\n');
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
const plain = (cell = ''): string => cell.replaceAll('`', '');
const ROWS = rowsOf('option').map(([option, of, configuration, api, why]) => ({
  option: plain(option),
  of: plain(of),
  configuration: plain(configuration),
  api: plain(api),
  why: plain(why),
}));

it('has every option, with its commands, and no other', () => {
  const program = new Command();
  for (const add of [addCompare, addProbe, addRace]) add(program);
  const commands = new Map<string, string[]>();
  for (const command of program.commands)
    for (const { long } of command.options)
      if (long !== undefined && long !== null) commands.set(long, [...(commands.get(long) ?? []), command.name()]);
  expect(ROWS.map(({ option, of }) => `${option}: ${of}`).sort()).toEqual(
    [...commands].map(([option, of]) => `${option}: ${of.join(', ')}`).sort(),
  );
});

it('names settings that are there, and says why one is not', () => {
  const settings = new Set(settingNames());
  const more: Record<keyof RunSettings, true> = { out: true, capture: true, onProgress: true, signal: true };
  for (const { option, configuration, api, why } of ROWS) {
    if (configuration !== '–') expect(settings, option).toContain(configuration);
    if (api !== '–') expect([...settings, ...Object.keys(more)], option).toContain(api);
    expect([configuration, api].includes('–'), `${option}: ${why}`).toBe(why !== '');
  }
});

it('lists every setting of the configuration', () => {
  const listed = rowsOf('setting').flatMap(([names = '']) => names.split(', ').map(plain));
  expect(listed.sort()).toEqual(settingNames().sort());
});

it('takes every setting from the configuration, where the command line does not say it', () => {
  const config = { repeat: 3, models: true, atOnce: 2, rate: 400, delay: 5, language: 'zh', behind: ['nginx', 'aws-alb=60'] } as const;
  const from = { ...config, behind: [...config.behind] };
  expect(settingsOf(undefined, {}, from).options).toMatchObject({ ...config, behind: 'nginx,aws-alb=60' });
  expect(settingsOf(undefined, { repeat: 1, language: 'en' }, from).options).toMatchObject({ repeat: 1, language: 'en' });
  expect(settingsOf(undefined, {}, {}).options.language).toBe('en');
  // What stands in front of the project's server says nothing of another one.
  expect(settingsOf('http://127.0.0.1:1/', {}, from).options.behind).toBeUndefined();
});
