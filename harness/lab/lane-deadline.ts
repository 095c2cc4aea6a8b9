/** How long each part of a lane's work may take: within the lane, and, seen from the run, before the lane counts as stuck. */
import type { Action, Scenario } from '../../clients/scenario.ts';
import type { LaneEvent } from './lane-protocol.ts';

/** Limits that the lane holds itself. Milliseconds. */
export const LIMITS = {
  /** A server's `start`, which writes its configuration. */
  startMs: 15_000,
  /** From then until it listens, unless its definition says otherwise. */
  readyMs: 15_000,
  /** A client's start; a browser's may take 35 s. */
  openMs: 60_000,
  /** One action of a client: a server that hangs must not hang the run. */
  actionMs: 30_000,
  /** A visit's action during which no packet comes. */
  silentMs: 10_000,
  /** From the last packet until the wire is quiet. */
  settleMs: 2_000,
  /** Letting the client go. */
  closeMs: 5_000,
} as const;

/** What one cell may take of the disk: its capture, and the files of its server and client. Bytes. */
export const CAPTURE_BYTES = 256 * 2 ** 20;
export const FILES_BYTES = 2 ** 30;

/** The most that a capture takes to start, and to end (process-capture.ts). */
const CAPTURE_START_MS = 15_000;
const CAPTURE_END_MS = 20_000;
/** The server's end, and the client's. */
const END_MS = LIMITS.closeMs + 5_000;
/** A busy machine takes longer to start a process, to write a file or to compute. */
const SLACK_MS = 30_000;

type Phase = Extract<LaneEvent, { type: 'phase' }>;

/**
 * The longest time until a lane's next event.
 * @param phase the last event; `null` where there was none
 */
export function longestSilenceMs(phase: Phase | null, scenario: Scenario, windowMs: number, readyMs: number = LIMITS.readyMs): number {
  const actionMs = ({ do: what }: Action): number => (what === 'watch' ? windowMs + LIMITS.settleMs : LIMITS.actionMs);
  const sum = (actions: readonly Action[]): number => actions.reduce((total, action) => total + actionMs(action), 0);
  const limit = (): number => {
    switch (phase?.phase) {
      case undefined:
        return 0;
      case 'server':
        return LIMITS.startMs + readyMs + END_MS;
      case 'capture':
        return CAPTURE_START_MS;
      case 'client':
        return LIMITS.openMs;
      case 'step':
      case 'watch': {
        // A watch may be followed by the other actions of its step; the last step by the end.
        const step = phase.phase === 'step' ? scenario.steps.find(({ id }) => id === phase.step) : undefined;
        const longest = step ? sum(step.actions) : Math.max(...scenario.steps.map(({ actions }) => sum(actions)));
        return longest + LIMITS.settleMs + CAPTURE_END_MS + END_MS;
      }
    }
  };
  return limit() + SLACK_MS;
}

/** What a lane was doing, for messages. */
export function doing(phase: Phase | null): string {
  switch (phase?.phase) {
    case undefined:
      return 'it was starting';
    case 'server':
      return 'it was starting the server';
    case 'capture':
      return 'it was starting the capture';
    case 'client':
      return 'it was starting the client';
    case 'step':
      return `it was in the step "${phase.step}"`;
    case 'watch':
      return 'it was watching idle connections';
  }
}
