/** The ladders of a race's examples, drawn from their captures. */
import path from 'node:path';
import { readEvidence } from '../../decode/cell-evidence.ts';
import type { Language } from '../../model.ts';
import type { RaceResult } from '../../race/judge/pair.ts';
import { framesByStream, ladderOf } from '../ladder.ts';
import { ladderText } from '../ladder-text.ts';
import { exampled, keyOf, LADDERS_DRAWN, type Ladders } from './race-markdown.ts';

const COLUMNS = 100;

/** @param folder of the results @throws where a capture can't be read */
export async function laddersOf({ pairs }: RaceResult, folder: string, language: Language): Promise<Ladders> {
  const ladders = new Map<string, string[]>();
  for (const pair of exampled(pairs).slice(0, LADDERS_DRAWN)) {
    const { capture, detail } = pair.example!;
    const { connections, frames = [] } = await readEvidence(path.join(folder, capture), { frames: true });
    const connection = connections.find(({ stream }) => stream === detail.stream);
    if (connection === undefined) continue;
    const own = framesByStream(frames).get(connection.stream) ?? [];
    ladders.set(keyOf(pair), ladderText(ladderOf(connection, own), { language, columns: COLUMNS }));
  }
  return ladders;
}
