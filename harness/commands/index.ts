import type { AddCommand } from './command.ts';

/** Every command, in the order of the help: one line each. Each is loaded only when asked for: it saves time at the start. */
export const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  compare: async () => (await import('./compare.ts')).addCompare,
  table: async () => (await import('./table.ts')).addTable,
  probe: async () => (await import('./probe.ts')).addProbe,
  'section-four': async () => (await import('./section-four.ts')).addSectionFour,
  analyze: async () => (await import('./analyze.ts')).addAnalyze,
  explain: async () => (await import('./explain.ts')).addExplain,
  diff: async () => (await import('./diff.ts')).addDiff,
  merge: async () => (await import('./merge.ts')).addMerge,
  pack: async () => (await import('./pack.ts')).addPack,
  fidelity: async () => (await import('./fidelity.ts')).addFidelity,
  site: async () => (await import('./site.ts')).addSite,
  list: async () => (await import('./list.ts')).addList,
  race: async () => (await import('./race.ts')).addRace,
  init: async () => (await import('./init.ts')).addInit,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
};
