/** English: a frame of a cell, two cells side by side, idle timers beside those of proxies. */
export const PROOF_EN = {
  // One frame.
  'proof.save': 'Save the capture (pcapng)',
  'proof.save-note': 'All frames of this cell, with a comment on each frame that shows a value. Heads are whole, bodies are cut.',
  'proof.saved': 'Saved as {name}',
  'proof.payload': '{n} {n|byte|bytes} of payload',
  'proof.before': 'frame {frame}',
  'proof.after': 'frame {frame}',
  'proof.cut':
    'Cut: this page holds the first {kept} of {all} payload bytes. The last {rest} bytes of the frame are only in the capture that the run made.',
  'proof.bytes': 'Bytes of the frame',
  'proof.fields': 'Fields of the frame',
  'proof.text': 'The payload as text',
  'proof.copy-command': 'Copy the command: {command}',
  'proof.no-packets': 'This page does not hold the packets of this cell.',
  'proof.no-frame': 'The capture of this cell has no such frame.',
  'proof.cannot-unpack': 'This browser can’t unpack what the page holds of this cell: it lacks DecompressionStream.',
} as const;
