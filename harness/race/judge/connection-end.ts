/** Whether a message ends its connection. */
import { field } from '../../http/fields.ts';

/** A message's head, as far as it is asked. */
export type Head = Parameters<typeof field>[0] & { version: string };

/** Whether a message ends its connection (RFC 9112 §9.3). */
export function endsConnection(message: Head | null): boolean {
  if (message === null) return false;
  const options = (field(message, 'connection') ?? '')
    .toLowerCase()
    .split(',')
    .map((option) => option.trim());
  return options.includes('close') || (message.version === '1.0' && !options.includes('keep-alive'));
}
