import type { ProbeManner, ProbeTargets } from '../../clients/client.ts';
import type { Question } from '../../clients/probe/question.ts';
import type { ClientProfile } from '../../clients/profile.ts';
import type { Scenario } from '../../clients/scenario.ts';
import type { Answers } from '../../servers/installed.ts';
import type { CellIdentity, Link } from '../model.ts';

/** A server that is not of the registry: the user's own. */
export interface OwnServer {
  title: string;
  /** Name by which browsers visit it (`Host`, and whether they trust it); else its address. */
  hostname?: string | null;
  /** How long it may take to listen. Default: the lane's. Milliseconds. */
  readyTimeoutMs?: number;
  /** The unix socket on which it listens in the place of a TCP port. */
  socket?: string;
  /** Starts it in the foreground; `null` where it runs already, and is left running. */
  command: { file: string; args: string[]; cwd: string } | null;
}

/** The job that the run gives a lane: one cell. Sent once, over the lane's IPC channel. */
export interface LaneJob {
  cell: CellIdentity;
  /** What is acted out: the registry's, or the user's own. */
  scenario: Scenario;
  /** Questions of the user's own that it may ask. */
  questions: readonly Question[];
  /** A browser of the user's own, in the place of the registry's client. */
  profile: ClientProfile | null;
  /** pcapng file to write. */
  captureFile: string;
  /** Folder that holds the staged site; shared by all lanes, never written to. */
  site: string;
  /** Folder of this lane's own, with the folders of `laneFolders` in it. */
  work: string;
  host: string;
  port: number;
  /** Longest time to watch idle connections, in milliseconds. */
  windowMs: number;
  backend: string;
  /** Whether the cell is made again, because its first capture was not whole. */
  again: boolean;
  /** Whether the lane has a network namespace of its own (then it brings `lo` up); else it filters on the port. */
  isolated: boolean;
  /** Shape of the link: what it says goes before what the scenario says of its own. */
  link: Link | null;
  /** Runs instead of the registry's server. */
  own: OwnServer | null;
  /** The environment of that server: the user's. */
  environment: NodeJS.ProcessEnv | null;
  /** What the probe asks for, where it is not the site. */
  targets: ProbeTargets | null;
  manner: ProbeManner | null;
  /** Is written over wherever it is in a packet. */
  secrets: readonly string[];
  /** Where its packets pass. Default: the loopback interface. */
  interface: string | null;
  /** What the run has asked programs, so that no lane asks again. */
  answers: Answers;
  serverVersion: string;
  clientVersion: string;
  startedAt: string;
}

/** Why a lane failed, for what the run does next; the reason says it to people. */
export type LaneFailureCode = 'server-not-started' | 'server-hangs' | 'capture-broken' | 'other';

/** Processor time of a cell by part, in milliseconds, user and system. */
export interface LaneCpu {
  /** The lane's own process until the client begins to act, and after it has. */
  lane: number;
  /** The lane's own process meanwhile: the client, where it is not a program of its own, and what writes the capture's file. */
  client: number;
  /** The program that captures, and the small ones that set the lane up. */
  capture: number;
  /** A browser's programs, as far as they were waited for: not the children of one that was killed. */
  browser: number;
  /** The server's. */
  server: number;
}

/** What a lane says while it works. */
export type LaneEvent =
  | { type: 'phase'; phase: 'server' | 'capture' | 'client' }
  | { type: 'phase'; phase: 'step'; step: string }
  /** Nothing to compute from here on: the run may start another lane. */
  | { type: 'phase'; phase: 'watch'; untilEpochMs: number }
  | {
      type: 'done';
      received: number | null;
      dropped: number | null;
      packets: number /** As in `RecordedTotals`. */;
      clockStepMs: number;
      cpu?: LaneCpu;
    }
  | { type: 'failed'; code: LaneFailureCode; reason: string };

/** What the run may say to a lane later: finish early, keeping what was captured. */
export type LaneOrder = { type: 'job'; job: LaneJob } | { type: 'abort'; reason: string };
