/** One server's column of the matrix as text, with advice: what `probe` prints. */
import { isObserved } from '../compare/matrix.ts';
import type { ObservedCell, RunResult } from '../compare/run-result.ts';
import { cellShowing } from '../compare/showing.ts';
import type { ObservedValue } from '../model.ts';
import { observations } from '../observe/index.ts';
import { adviceFor } from './advice.ts';
import { escapeTerminal } from './escape.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import { valueText } from './value-text.ts';

/** Longer values (the statuses of a thousand answers) are cut: table.md has them whole. */
const TEXT_SHOWN = 100;

/** Every value of the server with the frames that show it, what deviates from the RFCs, and what to make of it. */
export function columnText(run: RunResult, options: { large?: string | undefined } = {}): string {
  const cells = run.cells.filter(isObserved);
  const browsers = new Set(cells.map(({ client }) => client)).size;
  const shown = observations.flatMap((observation) => {
    const { id, unit } = observation;
    const cell = cellShowing(cells, observation);
    const value = cell?.values[id];
    const place = browsers > 1 ? `${cell?.client}/${cell?.scenario}` : cell?.scenario;
    return cell && value ? [{ id, unit, place, value }] : [];
  });
  if (shown.length === 0) return nothingShown(run);
  const lines = shown.map(({ id, unit, place, value: { conformance, frames, note, ...rest } }) => {
    const whole = valueText({ frames, ...rest }, unit, TABLE_WORDS.en);
    const text = whole.length > TEXT_SHOWN ? `${whole.slice(0, TEXT_SHOWN - 1)}…` : whole;
    const remark = note === undefined ? '' : `; ${note}`;
    const proof = frames.length > 0 ? `, frames ${frames.slice(0, 3).join(', ')}` : '';
    const deviates = conformance?.verdict === 'deviates' ? `; deviates from ${conformance.section}: ${conformance.because}` : '';
    return `  ${id.padEnd(30)} ${text}${remark}  (${place}${proof})${deviates}`;
  });
  const values = Object.fromEntries(shown.map(({ id, value }) => [id, value]));
  const deviations = shown.filter(({ value }) => value.conformance?.verdict === 'deviates').length;
  return [...caveats(cells), ...lines, '', ...conclusion(values, deviations, options), ''].map(escapeTerminal).join('\n');
}

/** What has to be known before the values are read. */
function caveats(cells: ObservedCell[]): string[] {
  const exchanges = cells.flatMap((cell) => cell.exchanges);
  if (exchanges.every(({ status }) => status === null)) {
    const sent = cells.some(({ connections }) => connections.some(({ payloadBytes }) => payloadBytes.server > 0));
    return [
      `It never answered with HTTP/1.x: ${sent ? 'what it sent is something else' : 'it sent nothing'}. Only what concerns TCP can be told.`,
      '',
    ];
  }
  const plain = exchanges.find(({ method, status }) => method === 'GET' && status !== null);
  if (!plain?.status || plain.status < 300) return [];
  return [`The page answers ${plain.status}: what takes a page that can be had is not judged. Probe a target that answers 200.`, ''];
}

function conclusion(values: Record<string, ObservedValue>, deviations: number, { large }: { large?: string | undefined }): string[] {
  // Whether a page can be asked for in parts matters to nobody: players ask so for media.
  const advice = adviceFor(values).filter(({ observation }) => observation !== 'range.first-ten' || large !== undefined);
  const lines = advice.map(({ text, observation }) => `  - ${text} (${observation})`);
  const count = `${deviations} ${deviations === 1 ? 'value deviates' : 'values deviate'} from the RFCs, each marked above.`;
  return [
    ...(lines.length > 0 ? ['Advice', ...lines] : ['No advice on time-outs, caching or ranges.']),
    ...(deviations > 0 ? [count] : []),
  ];
}

/** Where no cell could be observed: why, each reason once. */
function nothingShown(run: RunResult): string {
  const reasons = new Set(run.cells.flatMap(({ state, reason }) => (state === 'failed' && reason !== null ? [reason] : [])));
  return ['The server showed nothing:', ...[...reasons].map((reason) => `  - ${escapeTerminal(reason)}`), ''].join('\n');
}
