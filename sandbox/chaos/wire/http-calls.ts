/** A segment that names one thing of many: a number, a UUID, a hash, a token. */
const ID = /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24,}|[\w.~=-]{30,})$/i;
/** What follows these is a name somebody chose. */
const NAMED = new Set(['attachments', 'ephemeral-attachments']);

/** `POST /prompt`, `GET /api/jobs/:id`: the query left out, and what names one thing of many as `:id`. */
export function httpCallName(method: string, url: string): string {
  const [path = '/'] = url.split('?');
  const segments = path.split('/');
  const chosen = segments.findIndex((segment) => NAMED.has(segment));
  const kept = chosen === -1 ? segments : segments.slice(0, chosen + 1);
  return `${method} ${kept.map((segment) => (ID.test(segment) ? ':id' : segment)).join('/')}`;
}
