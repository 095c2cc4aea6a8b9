/** The requests of two cells, matched: the same request of each, and how their answers differ. */
import { bytesText } from '../../phrases/phrases.ts';
import type { CellDetail, PackedExchange } from '../page-format.ts';
import { VOLATILE } from './heads.ts';
import { t } from './language.ts';
import { strings, textAt } from './model.ts';

export interface MatchedExchange {
  /** `GET /`. */
  name: string;
  /** `null` where that side has no such request. */
  left: PackedExchange | null;
  right: PackedExchange | null;
  /** In words: status, connection, content; empty where they are alike. Times are no difference: those of loopback vary with the machine's work. */
  differences: string[];
  /** Fields that differ, in words: those of two servers nearly always do. */
  fields: string[];
}

/** In the order of the left side; what only the right one has comes last. @param sameScenario whether the steps are the same too */
export function matchedExchanges(left: CellDetail, right: CellDetail, sameScenario: boolean): MatchedExchange[] {
  const nameOf = ({ method, target }: PackedExchange): string => `${textAt(method) ?? '?'} ${textAt(target) ?? ''}`.trim();
  const keyOf = (exchange: PackedExchange): string => `${sameScenario ? textAt(exchange.step) : ''} ${nameOf(exchange)}`;
  const rest = new Map<string, PackedExchange[]>();
  for (const exchange of right.exchanges) rest.set(keyOf(exchange), [...(rest.get(keyOf(exchange)) ?? []), exchange]);
  const matched = left.exchanges.map((exchange): MatchedExchange => {
    const other = rest.get(keyOf(exchange))?.shift() ?? null;
    return { name: nameOf(exchange), left: exchange, right: other, ...compared(exchange, other) };
  });
  const onlyRight = right.exchanges.filter((exchange) => rest.get(keyOf(exchange))?.includes(exchange));
  return [
    ...matched,
    ...onlyRight.map((exchange) => ({
      name: nameOf(exchange),
      left: null,
      right: exchange,
      differences: [t('beside.only-right')],
      fields: [],
    })),
  ];
}

function compared(left: PackedExchange, right: PackedExchange | null): Pick<MatchedExchange, 'differences' | 'fields'> {
  if (right === null) return { differences: [t('beside.only-left')], fields: [] };
  const found: string[] = [];
  const differs = (what: string, a: string, b: string): void => {
    if (a !== b) found.push(t('beside.changed', { what, left: a, right: b }));
  };
  const status = (one: PackedExchange): string => (one.status === null ? t('ui.no-response') : String(one.status));
  differs(t('ui.status'), status(left), status(right));
  differs('HTTP', textAt(left.versions[1]) ?? '', textAt(right.versions[1]) ?? '');
  differs(t('beside.on-connection'), connectionText(left), connectionText(right));
  differs(t('ui.bytes'), bytesText(left.bodyBytes), bytesText(right.bodyBytes));
  differs(t('beside.framing'), left.framing, right.framing);
  const requests = changedFields(left.requestHeaders, right.requestHeaders);
  const responses = changedFields(left.responseHeaders, right.responseHeaders);
  const fields = [
    requests.length > 0 ? t('beside.request-fields', { fields: requests.join(t('ui.list')) }) : '',
    responses.length > 0 ? t('beside.response-fields', { fields: responses.join(t('ui.list')) }) : '',
  ];
  return { differences: found, fields: fields.filter((text) => text !== '') };
}

/** Only the first exchange of a connection has the time since its SYN. */
const connectionText = ({ times: [, sinceSyn, , , , handshake] }: PackedExchange): string =>
  sinceSyn > 0 || handshake > 0 ? t('beside.new-connection') : t('beside.reused');

/** Names of fields that only one side has, or whose values differ. */
function changedFields(left: readonly number[], right: readonly number[]): string[] {
  const [a, b] = [fieldsOf(left), fieldsOf(right)];
  return [...new Map([...a, ...b].map(([key, { name }]) => [key, name]))]
    .filter(([key]) => !VOLATILE.has(key) && a.get(key)?.value !== b.get(key)?.value)
    .map(([, name]) => name);
}

/** By name in lower case; the values of lines with the same name one after the other. */
function fieldsOf(flat: readonly number[]): Map<string, { name: string; value: string }> {
  const fields = new Map<string, { name: string; value: string }>();
  for (let place = 0; place + 1 < flat.length; place += 2) {
    const [name, value] = [strings[flat[place] ?? -1] ?? '', strings[flat[place + 1] ?? -1] ?? ''];
    const known = fields.get(name.toLowerCase());
    fields.set(name.toLowerCase(), { name, value: known ? `${known.value}\n${value}` : value });
  }
  return fields;
}
