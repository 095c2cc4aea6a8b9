/** What programs may use: everything else is internal. */
export {
  defineQuestion,
  type Question,
  type QuestionInput,
  type QuestionRequest,
  type RequestParts,
  request,
} from '../../clients/probe/question.ts';
export { type ClientProfile, defineProfile, policy } from '../../clients/profile.ts';
export { defineScenario, type Scenario } from '../../clients/scenario.ts';
export type { CellFacts, CellNeed, Shown, Verdict } from '../claims/claim.ts';
export type { OwnClaim } from '../claims/own-claim.ts';
export type { RunDiff } from '../compare/run-diff.ts';
export type { CellResult, ConnectionRow, Difference, ExchangeRow, FindingRow, ObservationRow, RunResult } from '../compare/run-result.ts';
export { type Config, defineConfig, type ProxyEntry, type ServerEntry } from '../config/config.ts';
export type { Figures, Hit, Level, Rule, Severity } from '../findings/finding.ts';
export type { LookedAt } from '../findings/looked-at.ts';
export type { Connection, Evidence, Exchange, Observation, ObservedValue, Tolerance } from '../model.ts';
export { defineObservation, type ObservationInput } from '../observe/observation.ts';
export type { RaceThreshold } from '../race/judge/gate.ts';
export type { Pair, RaceResult } from '../race/judge/pair.ts';
export { defineReporter, type Reporter, type ReportFile, type ReportInput } from '../report/reporter.ts';
export { type Analysis, type AnalyzedServer, type AnalyzeOptions, analyze, type WrittenValue } from './analyze.ts';
export { defineClaim, defineFinding, defineProxy, defineServer, type FindingInput, profiles } from './define.ts';
export {
  type CompareOptions,
  compare,
  diff,
  type ProbeOptions,
  type Progress,
  probe,
  type RaceOptions,
  type RaceProgress,
  type RaceReport,
  type RunReport,
  type RunSettings,
  race,
} from './run.ts';
