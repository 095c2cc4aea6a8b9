import { defineObservation } from './observation.ts';
import { DOCUMENT, documentOf, fieldValues, headFrames, value } from './step.ts';

const etag = defineObservation({
  id: 'cache.etag',
  title: 'ETag',
  unit: null,
  definition: `Whether the document's \`ETag\` is strong ("…"), weak (W/"…") or none. ${DOCUMENT}`,
  spec: 'RFC 9110 §8.8.3',
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document) return null;
    const [tag] = fieldValues(document.response.headers, 'etag');
    const frames = headFrames(document.response);
    if (tag === undefined) return value('none', frames);
    const kind = tag.startsWith('W/') ? 'weak' : 'strong';
    return /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag)
      ? value(kind, frames)
      : value(kind, frames, { note: `not a well-formed entity tag: ${tag}` });
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
    return value(fieldValues(document.response.headers, 'last-modified').length > 0 ? 'yes' : 'no', headFrames(document.response));
  },
});

const control = defineObservation({
  id: 'cache.control',
  title: 'Cache-Control',
  unit: null,
  definition: `The value of the document's \`Cache-Control\` header as it stands; "none" where it has none. ${DOCUMENT}`,
  spec: 'RFC 9111 §5.2',
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document) return null;
    const values = fieldValues(document.response.headers, 'cache-control');
    return value(values.length > 0 ? values.join(', ') : 'none', headFrames(document.response));
  },
});

export const cache = [etag, lastModified, control];
