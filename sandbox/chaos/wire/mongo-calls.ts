import mongoose from 'mongoose';
import type { Call } from './hop.js';

const { BSON } = mongoose.mongo;
const OP_MSG = 2013;
const OP_MSG_SECTIONS_AT = 20;
const BODY = 0;
/** How many documents the longest detail is read from. */
const READ_DOCUMENTS = 1;
/** No update is told by more fields than these. */
const TOLD_FIELDS = 4;

type Document = Readonly<Record<string, unknown>>;

/**
 * What a message asks: `insert points_entries`, `update runs`, `find runs`, `watch runs`. The detail of an insert is the `kind` of its
 * document; of an update, the fields it sets. Null for a message that is no command.
 */
export function mongoCallOf(message: Buffer): Call | null {
  if (message.readInt32LE(12) !== OP_MSG || message[OP_MSG_SECTIONS_AT] !== BODY) return null;
  const bodyAt = OP_MSG_SECTIONS_AT + 1;
  const body = BSON.deserialize(message.subarray(bodyAt, bodyAt + message.readInt32LE(bodyAt)), { promoteBuffers: false }) as Document;
  const [first] = Object.entries(body);
  if (first === undefined) return null;
  const [command, about] = first;
  const collection = command === 'getMore' ? body['collection'] : about;
  const verb = isWatch(body) ? 'watch' : command;
  return { hop: 'mongodb', name: typeof collection === 'string' ? `${verb} ${collection}` : verb, detail: detailOf(command, body) };
}

function isWatch({ pipeline }: Document): boolean {
  return Array.isArray(pipeline) && isDocument(pipeline[0]) && '$changeStream' in pipeline[0];
}

function detailOf(command: string, body: Document): string {
  switch (command) {
    case 'insert':
      return documentsOf(body['documents']).map(({ kind }) => (typeof kind === 'string' ? kind : '')).join(' ');
    case 'update':
      return documentsOf(body['updates']).map(({ u }) => fieldsOf(u)).join(' ');
    case 'findAndModify':
      return fieldsOf(body['update']);
    default:
      return '';
  }
}

/** The fields an update sets, without what stands below them: `status end notice`. */
function fieldsOf(update: unknown): string {
  const stages: unknown[] = Array.isArray(update) ? update : [update];
  const names = stages.filter(isDocument).flatMap((stage) =>
    Object.entries(stage).flatMap(([operator, fields]) => (operator.startsWith('$') && isDocument(fields) ? Object.keys(fields) : [])),
  );
  return [...new Set(names.map((name) => name.split('.')[0] ?? name))].slice(0, TOLD_FIELDS).join(' ');
}

function documentsOf(value: unknown): Document[] {
  return Array.isArray(value) ? value.filter(isDocument).slice(0, READ_DOCUMENTS) : [];
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
