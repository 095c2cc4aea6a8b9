import { field } from '../http/fields.ts';
import { type CellFacts, defineClaim, REPORTS } from './claim.ts';
import { connectionOf } from './facts.ts';
import { audioRequests } from './flask-checks.ts';
import { shown } from './judging.ts';
import { judgeBoth, missingOf, type Trial } from './printed-claim.ts';

/** The report does not say what was done with the player. A seek makes a browser abandon a transfer and request another part. */
const SEEK = { server: 'flask', client: 'chromium', scenario: 'media-seek' };

function givenUp(cell: CellFacts): Trial {
  const requests = audioRequests(cell);
  const left = requests.find(({ stream, response }) => {
    const reset = connectionOf(cell, stream)?.sides.client.rstFrame ?? null;
    // Packets under way still arrive after the RST (on a slow link all of them), and each gets another RST.
    return response && reset !== null && (!response.complete || reset < response.frames[1]);
  });
  const closed = left && connectionOf(cell, left.stream);
  const rstFrame = closed?.sides.client.rstFrame ?? null;
  const again =
    left && requests.find(({ stream, request }) => stream !== left.stream && request && request.startNs > (left.request?.startNs ?? 0));
  const range = again?.request ? field(again.request, 'range') : null;
  return {
    holds: rstFrame !== null && range !== null && again?.response?.status === 206,
    seen: (words) => words.r42(cell.id, requests.length, rstFrame !== null, range, again?.response?.status ?? null),
    evidence: shown(
      cell,
      'load.range-status',
      requests.map(({ request }) => request?.frames[0]),
      rstFrame,
    ),
    ladder: left ? { cell: cell.id, stream: left.stream } : null,
  };
}

export const r42 = defineClaim({
  id: 'R4.2',
  source: REPORTS.R4,
  cells: [SEEK],
  printed: [],
  judge(facts) {
    const today = facts.find(SEEK);
    return judgeBoth({
      today: today ? givenUp(today) : missingOf(SEEK),
      filter: 'tcp.flags.reset == 1 || http.request.line contains "Range"',
    });
  },
});
