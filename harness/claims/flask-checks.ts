/** What claims about Flask's responses share. */
import { connectionOptions } from '../http/fields.ts';
import type { CellFacts } from './claim.ts';
import { connectionOf, isAudio } from './facts.ts';
import { msOf, shown } from './judging.ts';
import type { Side } from './printed-claim.ts';

/** Head and body of the page travel apart, in HTTP/1.1, and the server sends the first FIN. */
export function headAndBodyApart(cell: CellFacts): Side {
  const exchange = cell.evidence.exchanges.find(({ request, response }) => request?.target === '/' && response?.status === 200);
  const response = exchange?.response;
  const close = exchange && connectionOf(cell, exchange.stream)?.firstClose;
  const sizes = response?.segmentSizes ?? [];
  const finMs = close && response ? msOf(close.timeNs - response.endNs) : null;
  return {
    holds: response?.version === '1.1' && sizes.length > 1 && !response.headEndsWithBody && close?.by === 'server',
    seen: (words) =>
      words.r12(
        cell.id,
        response?.headBytes ?? 0,
        response?.bodyBytes ?? 0,
        close?.by ?? null,
        finMs,
        response ? connectionOptions(response).join(', ') : '',
      ),
    evidence: shown(cell, 'framing.head-and-body', response?.segmentFrames, close?.frame),
    ladder: exchange ? { cell: cell.id, stream: exchange.stream } : null,
  };
}

/** Requests for the audio file, in order. */
export const audioRequests = (cell: CellFacts) => cell.evidence.exchanges.filter(({ request }) => request && isAudio(request.target));
