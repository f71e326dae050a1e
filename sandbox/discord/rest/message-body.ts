import type { ZodMiniType } from 'zod/mini';
import { withoutNulls } from '../validation/walk.js';
import type { MessageBody } from '../wire.js';
import type { RestContext } from './route.js';

/** Reads and checks a message body; nulls inside its parts are dropped, nulls of its own fields ("clear this") are kept. */
export function readMessageBody({ body, checkBody }: RestContext, schema: ZodMiniType): MessageBody {
  const given = withIdStrings(body.json ?? {});
  checkBody(schema, given);
  return cleanMessageBody(given);
}

export const cleanMessageBody = (given: object): MessageBody =>
  Object.fromEntries(Object.entries(given).map(([key, value]: [string, unknown]) => [key, value === null ? null : withoutNulls(value)]));

/** `attachments[].id` may be the number of a new file; the schema knows only the string. */
export function withIdStrings(given: unknown): object {
  if (typeof given !== 'object' || given === null) return {};
  if (!('attachments' in given) || !Array.isArray(given.attachments)) return given;
  const attachments = given.attachments.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'number' ? { ...entry, id: String(entry.id) } : entry,
  );
  return { ...given, attachments };
}
