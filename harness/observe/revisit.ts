import type { Evidence } from '../model.ts';
import { defineObservation } from './observation.ts';
import { type AskedExchange, askedIn, frameList, lastStep, resourceOf, value } from './step.ts';

/** Scenarios that load the page of their first step again in their last step, even where that sends no request. */
const REVISITS = ['revisit', 'link-revisit', 'reload', 'hard-reload', 'cache-disabled'];

const WHICH = `Only for the scenarios ${REVISITS.join(', ')}.`;

interface Revisit {
  earlier: readonly AskedExchange[];
  again: readonly AskedExchange[];
}

function revisitOf(evidence: Evidence): Revisit | null {
  const [firstVisit] = evidence.steps;
  if (!firstVisit || evidence.steps.length < 2 || !REVISITS.includes(evidence.cell.scenario)) return null;
  return { earlier: askedIn(evidence, firstVisit), again: askedIn(evidence, lastStep(evidence)) };
}

const requests = defineObservation({
  id: 'revisit.requests',
  title: 'requests on a revisit',
  unit: 'count',
  definition: `Requests sent in the last step. ${WHICH} Frames: the first of each request.`,
  spec: 'RFC 9111 §4',
  scenario: 'revisit',
  observe(evidence) {
    const revisit = revisitOf(evidence);
    return revisit && value(revisit.again.length, frameList(revisit.again.map((exchange) => exchange.request.frames[0])));
  },
});

const notModified = defineObservation({
  id: 'revisit.not-modified',
  title: '304 responses on a revisit',
  unit: 'count',
  definition: `Requests of the last step that were answered by 304. ${WHICH} Frames: the head of each 304.`,
  spec: 'RFC 9110 §15.4.5',
  scenario: 'revisit',
  observe(evidence) {
    const revisit = revisitOf(evidence);
    if (!revisit) return null;
    const answers = revisit.again.filter((exchange) => exchange.response?.status === 304);
    return value(answers.length, frameList(answers.map((exchange) => exchange.response?.headFrames[0])));
  },
});

const bytesSaved = defineObservation({
  id: 'revisit.bytes-saved',
  title: 'body bytes saved on a revisit',
  unit: 'bytes',
  definition: `The sum over all targets of which the first step received a body: the longest of these bodies minus the body bytes that the last step received of the target (at least 0). A target that was not requested again counts with its whole body. ${WHICH} Frames: the 304s, and the ends of the earlier bodies.`,
  spec: 'RFC 9111 §4.3',
  scenario: 'revisit',
  observe(evidence) {
    const revisit = revisitOf(evidence);
    if (!revisit) return null;
    const before = bodies(revisit.earlier, Math.max);
    const now = bodies(revisit.again, (a, b) => a + b);
    let saved = 0;
    for (const [target, length] of before) saved += Math.max(0, length - (now.get(target) ?? 0));
    const notModifiedFrames = revisit.again
      .filter((exchange) => exchange.response?.status === 304)
      .map((exchange) => exchange.response?.headFrames[0]);
    const earlierFrames = revisit.earlier
      .filter((exchange) => (exchange.response?.bodyBytes ?? 0) > 0)
      .map((exchange) => exchange.response?.frames[1]);
    return value(saved, frameList(notModifiedFrames, earlierFrames));
  },
});

/** Body bytes of successful responses by what was asked for. */
function bodies(exchanges: readonly AskedExchange[], join: (a: number, b: number) => number): Map<string, number> {
  const byResource = new Map<string, number>();
  for (const { request, response } of exchanges) {
    if (request.method !== 'GET' || !response || (response.status !== 200 && response.status !== 206)) continue;
    const resource = resourceOf(request);
    byResource.set(resource, join(byResource.get(resource) ?? 0, response.bodyBytes));
  }
  return byResource;
}

export const revisit = [requests, notModified, bytesSaved];
