/** Checks that claims about Flask's responses share. */
import { connectionOptions } from '../http/fields.ts';
import { isAtOnce } from '../observe/timers.ts';
import type { CellFacts } from './claim.ts';
import { connectionOf, isAudio } from './facts.ts';
import { finMs, shown } from './judging.ts';
import type { Trial } from './printed-claim.ts';

/** Whether head and body of the page come in segments of their own, in HTTP/1.1, and the server then sends its FIN at once. */
export function headAndBodyApart(cell: CellFacts): Trial {
  const exchange = cell.evidence.exchanges.find(({ request, response }) => request?.target === '/' && response?.status === 200);
  const response = exchange?.response;
  const connection = exchange && connectionOf(cell, exchange.stream);
  const sizes = response?.segmentSizes ?? [];
  const serverFinMs = finMs('server', connection, response);
  return {
    holds: response?.version === '1.1' && sizes.length > 1 && !response.headEndsWithBody && serverFinMs !== null && isAtOnce(serverFinMs),
    seen: (words) =>
      words.r12(
        cell.id,
        response?.headBytes ?? 0,
        response?.bodyBytes ?? 0,
        connection?.firstClose?.by ?? null,
        serverFinMs,
        response ? connectionOptions(response).join(', ') : '',
      ),
    evidence: shown(
      cell,
      'framing.head-and-body',
      response?.segmentFrames,
      connection?.firstClose?.frame,
      connection?.sides.server.finFrame,
    ),
    ladder: exchange ? { cell: cell.id, stream: exchange.stream } : null,
  };
}

/** Requests for the audio file, in order. */
export const audioRequests = (cell: CellFacts) => cell.evidence.exchanges.filter(({ request }) => request && isAudio(request.target));
