/** A run as a reader of a language reads it. */
import type { RunResult } from '../compare/run-result.ts';
import type { Finding } from '../findings/finding.ts';
import { type Found, inWords } from '../findings/findings-of.ts';
import type { Language } from '../model.ts';
import { inLanguage } from './phrases/in-language.ts';
import { phrase, say } from './phrases/phrases.ts';

/** What was found, in words of this language. */
export const findingsIn = (found: readonly Found[], language: Language): Finding[] =>
  inWords(found, language, (english) => inLanguage(language, english));

/** The run with its titles, summaries and findings in this language; ids, values and what came from the wire stay, as do findings that `found` lacks. */
export function runInLanguage(run: RunResult, found: readonly Found[], language: Language): RunResult {
  if (language === 'en') return run;
  const spoken = (kind: string, id: string, text: string): string => say(language, phrase('title', { id: `${kind}.${id}`, text }));
  const words = new Map(findingsIn(found, language).map((one) => [`${one.id} ${one.server}`, one]));
  return {
    ...run,
    servers: run.servers.map((row) => ({
      ...row,
      title: spoken('server', row.id, row.title),
      summary: row.summary === null ? null : spoken('summary', row.id, row.summary),
    })),
    clients: run.clients.map((row) => ({ ...row, title: spoken('client', row.id, row.title) })),
    observations: run.observations.map((row) => ({ ...row, title: spoken('observation', row.id, row.title) })),
    findings: run.findings.map((finding) => {
      const { title, seen, consequence, remedy } = words.get(`${finding.id} ${finding.server}`) ?? finding;
      return { ...finding, title, seen, consequence, remedy };
    }),
  };
}
