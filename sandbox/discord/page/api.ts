import type { Feed } from '../control/feed-types.js';
import type { GivenFile } from './command-line.js';

/** The stand-in said no; the message is for the person. */
export class Refused extends Error {
  override name = 'Refused';
}

type Fields = Readonly<Record<string, unknown>>;

export async function fetchFeed(person: string, known: { epoch: string; after: number; timeoutMs: number }, signal: AbortSignal): Promise<Feed> {
  const query = new URLSearchParams({ epoch: known.epoch, after: String(known.after), timeoutMs: String(known.timeoutMs) });
  return (await request(`/users/${encodeURIComponent(person)}/feed?${query.toString()}`, { signal })) as Feed;
}

/** Does something as a person; returns the id of the interaction. */
export async function sendAct(act: Fields, files: readonly File[] = []): Promise<string> {
  const { interactionId } = (await request('/acts', { method: 'POST', body: bodyOf(act, files) })) as { interactionId: string };
  return interactionId;
}

/** Posts a message of a person's own; returns its id. */
export async function sendPost(post: { user: string; channel: string; content: string }, files: readonly File[]): Promise<string> {
  const { messageId } = (await request('/posts', { method: 'POST', body: bodyOf(post, files) })) as { messageId: string };
  return messageId;
}

/** Takes the files out of the values: each becomes its place in the upload. */
export function withoutFiles(values: Readonly<Record<string, string | number | boolean | GivenFile>>, files: File[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value instanceof File ? { file: files.push(value) - 1 } : value]));
}

/** Addresses of the stand-in's own files, as the page's security policy allows them under whatever name it was opened. */
export function ownAddress(url: string): string {
  const { pathname, search } = new URL(url, location.href);
  return /^\/(?:ephemeral-)?attachments\//.test(pathname) ? `${pathname}${search}` : url;
}

function bodyOf(json: Fields, files: readonly File[]): string | FormData {
  if (files.length === 0) return JSON.stringify(json);
  const form = new FormData();
  form.set('payload_json', JSON.stringify(json));
  files.forEach((file, index) => {
    form.set(`files[${index}]`, file, file.name);
  });
  return form;
}

async function request(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(`/_stand-in${path}`, init);
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return body;
  const said = typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : '';
  throw new Refused(said === '' ? `The stand-in answered ${response.status}.` : said);
}
