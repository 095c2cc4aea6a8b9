import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Argument } from '@commander-js/extra-typings';
import type { RaceResult } from '../race/judge/pair.ts';
import { siteFiles } from '../report/site/site.ts';
import { readRunAt } from '../results/read-run.ts';
import { writeSite } from '../results/site-folder.ts';
import { badArgument } from '../system/coded-error.ts';
import { reasonOf } from '../system/reason.ts';
import { print } from '../system/terminal.ts';
import { projectVersion } from '../system/version.ts';
import type { AddCommand } from './command.ts';
import { out } from './options.ts';

/** Builds a static site of a run. */
export const addSite: AddCommand = (program) => {
  program
    .command('site')
    .description('build a static site of a run: a page for each server, observation and claim')
    .addArgument(new Argument('[run]', 'folder of a run, or its run.json').default('results/reference'))
    .addOption(out('site'))
    .option('--url <address>', 'where the site will be; with it, sitemap.xml, robots.txt and 404.html are written too', address)
    .option('--race <file>', 'the race.json of a race (default: the one beside the run, where there is one)')
    .action(async (place, options) => {
      const run = await readRunAt(place);
      const race = await raceOf(place, options.race);
      const count = await writeSite(options.out, siteFiles({ run, race, url: options.url ?? null, version: projectVersion() }));
      await print(`${count} files in ${options.out}; begin with ${path.join(options.out, 'index.html')}\n`);
    });
};

/** @throws CodedError (bad-argument) */
function address(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw badArgument(`--url takes the address of the site's root, as in https://example.org/wirematrix/; not "${text}"`);
  return url.href;
}

/** @throws CodedError (bad-argument) where the file that was named is not there or is no result of a race */
async function raceOf(place: string, named: string | undefined): Promise<RaceResult | null> {
  const file = named ?? path.join(place, 'race.json');
  let race: Partial<RaceResult>;
  try {
    race = JSON.parse(await readFile(file, 'utf8')) as Partial<RaceResult>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (named === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return null;
    throw badArgument(`can't read ${file}: ${reasonOf(error)}`);
  }
  if (race.schemaVersion !== 1 || !Array.isArray(race.upstreams) || !Array.isArray(race.servers) || !Array.isArray(race.pairs))
    throw badArgument(`${file} is not the result of a race: name the race.json that npm run race writes`);
  return race as RaceResult;
}
