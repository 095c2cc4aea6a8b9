/** HAR 1.2 as its specification has it: what a reader may rely on. Other fields are allowed only with an underscore in front. */
import { z } from 'zod';

const count = z.number();
const time = z.number().refine((ms) => ms === -1 || ms >= 0, 'a time is -1 or not negative');
const date = z.iso.datetime({ offset: true });

/** "Custom fields must start with an underscore." */
const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape).superRefine((value, context) => {
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(shape, name) && !name.startsWith('_')) context.addIssue({ code: 'custom', message: `no such field: ${name}` });
    }
  });

const comment = z.string().optional();
const pair = object({ name: z.string(), value: z.string(), comment });
const program = object({ name: z.string(), version: z.string(), comment });

const entry = object({
  pageref: z.string().optional(),
  startedDateTime: date,
  time: z.number().nonnegative(),
  request: object({
    method: z.string(),
    url: z.url(),
    httpVersion: z.string(),
    cookies: z.array(z.unknown()),
    headers: z.array(pair),
    queryString: z.array(pair),
    headersSize: count,
    bodySize: count,
    comment,
  }),
  response: object({
    status: z.int(),
    statusText: z.string(),
    httpVersion: z.string(),
    cookies: z.array(z.unknown()),
    headers: z.array(pair),
    content: object({ size: count, compression: count.optional(), mimeType: z.string(), text: z.string().optional(), comment }),
    redirectURL: z.string(),
    headersSize: count,
    bodySize: count,
    comment,
  }),
  cache: object({ comment }),
  timings: object({
    blocked: time.optional(),
    dns: time.optional(),
    connect: time.optional(),
    send: z.number().nonnegative(),
    wait: z.number().nonnegative(),
    receive: z.number().nonnegative(),
    ssl: time.optional(),
    comment,
  }),
  serverIPAddress: z.string().optional(),
  connection: z.string().optional(),
  comment,
});

export const harSchema = object({
  log: object({
    version: z.literal('1.2'),
    creator: program,
    browser: program.optional(),
    pages: z
      .array(
        object({
          startedDateTime: date,
          id: z.string(),
          title: z.string(),
          pageTimings: object({ onContentLoad: time.optional(), onLoad: time.optional(), comment }),
          comment,
        }),
      )
      .optional(),
    entries: z.array(entry),
    comment,
  }),
});
