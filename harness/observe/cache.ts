import { entityTagKind, field } from '../http/fields.ts';
import { defineObservation } from './observation.ts';
import { DOCUMENT, documentOf, headFrames, value } from './step.ts';

const etag = defineObservation({
  id: 'cache.etag',
  title: 'ETag',
  unit: null,
  definition: `Whether the document's \`ETag\` is strong ("…"), weak (W/"…") or none (missing, or not well formed). ${DOCUMENT}`,
  spec: 'RFC 9110 §8.8.3',
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document) return null;
    const tag = field(document.response, 'etag');
    const kind = entityTagKind(tag);
    const malformed = tag !== null && kind === 'none' ? { note: `not a well-formed entity tag: ${tag}` } : {};
    return value(kind, headFrames(document.response), malformed);
  },
});

const lastModified = defineObservation({
  id: 'cache.last-modified',
  title: 'Last-Modified',
  unit: null,
  definition: `Whether the document has a \`Last-Modified\` header: yes or no. ${DOCUMENT}`,
  spec: 'RFC 9110 §8.8.2',
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document) return null;
    return value(field(document.response, 'last-modified') === null ? 'no' : 'yes', headFrames(document.response));
  },
});

const control = defineObservation({
  id: 'cache.control',
  title: 'Cache-Control',
  unit: null,
  definition: `The value of the document's \`Cache-Control\` header, unchanged; "none" where it has none. The note gives its \`Expires\`. ${DOCUMENT}`,
  spec: 'RFC 9111 §5.2',
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document) return null;
    const control = field(document.response, 'cache-control');
    const expires = field(document.response, 'expires');
    return value(control ?? 'none', headFrames(document.response), expires === null ? {} : { note: `Expires: ${expires}` });
  },
});

export const cache = [etag, lastModified, control];
