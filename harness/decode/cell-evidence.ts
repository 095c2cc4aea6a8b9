/** From one capture file to everything that an observation may look at. */
import { type CellHeader, parseCellHeader } from '../capture-file/cell-comments.ts';
import type { ContentLimits } from '../http/content-budget.ts';
import {
  type CaptureInfo,
  type CellIdentity,
  CHAIN_SIGN,
  type Connection,
  type Evidence,
  type Exchange,
  type FrameRecord,
} from '../model.ts';
import { decodeFile } from './decode-capture.ts';
import { firstFrame, serverStop, stepMarks } from './steps.ts';

/** `header`: what the lane wrote into the capture about its cell; `null` for a capture that is not one of ours. `frames`: only where they were asked for. */
export type CellEvidence = Evidence & { header: CellHeader | null; frames?: FrameRecord[] };

/**
 * Decodes a capture and reads the cell and its steps out of the file's own comments. The window ends where the capture does.
 * `content`: responses keep theirs, within `CELL_CONTENT`; it is for rules over bytes, and to be let go of with `forgetContent`.
 * @throws where the file can't be read or is no capture at all; damage after its start is named in `capture.undecoded`
 */
export async function readEvidence(file: string, { frames: isRecorded = false, content = false }: ReadOptions = {}): Promise<CellEvidence> {
  const { capture, connections, frames } = await decodeFile(file, { frames: isRecorded, ...(content ? { content: CELL_CONTENT } : {}) });
  return { ...toEvidence(capture, connections), ...(frames ? { frames } : {}) };
}

export interface ReadOptions {
  frames?: boolean;
  content?: boolean;
}

/** What the responses of a cell keep of their content: more than the pages, pictures and sounds of the site. */
export const CELL_CONTENT: ContentLimits = { message: 1024 * 1024, capture: 16 * 1024 * 1024 };

/** Lets go of the content of all responses, which is most of an evidence's memory. */
export function forgetContent({ exchanges }: Pick<Evidence, 'exchanges'>): void {
  for (const { response, interim } of exchanges) for (const message of [...interim, response]) if (message?.content) delete message.content;
}

/** The pure part of `readEvidence`: the evidence that decoded connections give. */
export function toEvidence(capture: CaptureInfo, connections: Connection[]): CellEvidence {
  const header = parseCellHeader(capture.sectionComments);
  const { front, behind } = hopsOf(header, connections);
  const exchanges = front
    .flatMap((connection) => connection.exchanges)
    .sort((a, b) => firstFrame(a) - firstFrame(b) || startNs(a) - startNs(b));
  const stop = serverStop(capture);
  return {
    header,
    cell: identityOf(header),
    capture,
    steps: stepMarks(capture),
    ...(stop ? { stop } : {}),
    connections: front,
    exchanges,
    ...(behind ? { behind } : {}),
  };
}

/** A chain has two hops, told apart by the port that the client asked. */
function hopsOf(header: CellHeader | null, connections: Connection[]): { front: Connection[]; behind: Connection[] | null } {
  if (header === null || !header.server.includes(CHAIN_SIGN)) return { front: connections, behind: null };
  const port = Number(new URL(header.origin).port);
  const [front, behind] = [true, false].map((isFront) => connections.filter(({ server }) => (server.port === port) === isFront));
  return { front: front!, behind: behind! };
}

const startNs = (exchange: Exchange): number => (exchange.request ?? exchange.response)?.startNs ?? 0;

const identityOf = (header: CellHeader | null): CellIdentity =>
  header
    ? { server: header.server, client: header.client, scenario: header.scenario }
    : { server: 'unknown', client: 'unknown', scenario: 'unknown' };
