import { attachmentObject, type IncomingFile, storeFile } from '../cdn.js';
import { type FormIssue, refuse } from '../errors.js';
import { cleanFileName } from '../file-names.js';
import { type Path, walk } from '../validation/walk.js';
import { type Component, type MessageBody, MessageFlag } from '../wire.js';
import type { StoredFile, StoredMessage, World } from '../world.js';

interface Planned {
  incoming?: IncomingFile;
  kept?: StoredFile;
  /** As given. */
  name: string;
  description?: string;
}

/** Which files a message has after a request, decided before anything is stored. */
export interface FilePlan {
  planned: Planned[];
  fileNames: string[];
  issues: FormIssue[];
}

/**
 * `attachments` lists what the message has afterwards: new files by their number in `files[n]`, kept ones by id. What it does not list
 * is gone; when it is absent, everything kept and everything new stays.
 */
export function planFiles(world: World, body: MessageBody, incoming: readonly IncomingFile[], before: readonly StoredFile[], root: Path): FilePlan {
  if (incoming.some((file) => file.bytes.length > world.uploadLimitBytes)) throw refuse.requestTooLarge();
  const issues: FormIssue[] = [];
  const planned: Planned[] = [];
  if (body.attachments === undefined) {
    planned.push(...before.map((kept) => ({ kept, name: kept.filename })), ...incoming.map((file) => ({ incoming: file, name: file.filename })));
  }
  (body.attachments ?? []).forEach((entry, index) => {
    const description = entry.description === undefined ? {} : { description: entry.description };
    const file = incoming.find((one) => one.field === `files[${entry.id}]`);
    const kept = before.find((one) => one.id === String(entry.id));
    if (file !== undefined) planned.push({ incoming: file, name: entry.filename ?? file.filename, ...description });
    else if (kept !== undefined) planned.push({ kept, name: kept.filename, ...description });
    else {
      issues.push({ path: [...root, 'attachments', index, 'id'], code: 'ATTACHMENT_NOT_FOUND', message: 'The attachment is neither uploaded nor on the message', rule: 'attachment-id' });
    }
  });
  const dropped = incoming.filter((file) => !planned.some((one) => one.incoming === file));
  if (dropped.length > 0) {
    world.journal.violated({ rule: 'attachment-not-listed', message: `Uploaded but not listed in "attachments", so it is lost: ${dropped.map((file) => file.filename).join(', ')}.` });
  }
  return { planned, fileNames: planned.map((one) => cleanFileName(one.name)), issues };
}

/** Names of the files a message's components show. */
export function filesReferredTo(components: readonly Component[]): Set<string> {
  const urls = walk(components).flatMap(({ component }) => [component.media?.url, component.file?.url, ...(component.items ?? []).map((item) => item.media.url)]);
  return new Set(urls.flatMap(attachmentName));
}

const attachmentName = (url: string | undefined): string[] => (url?.startsWith('attachment://') === true ? [cleanFileName(url.slice('attachment://'.length))] : []);

/** What Discord accepts and then shows nowhere: files no component refers to, embed pictures without a file. */
export function reportUnseen(world: World, message: StoredMessage): void {
  const names = message.files.map((file) => file.filename);
  const shown = filesReferredTo(message.components);
  const isV2 = (message.flags & MessageFlag.ComponentsV2) !== 0;
  for (const name of isV2 ? names.filter((one) => !shown.has(one)) : []) {
    world.journal.violated({ rule: 'attachment-not-shown', message: `No component refers to "${name}", so nobody sees it.` });
  }
  for (const name of message.embeds.flatMap((embed) => [embed.image?.url, embed.thumbnail?.url].flatMap(attachmentName))) {
    if (!names.includes(name)) world.journal.violated({ rule: '11 attachment-reference', message: `The embed's picture "${name}" is not on the message; Discord leaves it out.` });
  }
}

/** Stores the new files of a plan and returns all files the message then has. */
export function carryOutPlan(world: World, channelId: string, plan: FilePlan, isEphemeral: boolean): StoredFile[] {
  return plan.planned.flatMap(({ incoming, kept, name, description }) => {
    const file = kept ?? (incoming === undefined ? undefined : storeFile(world, channelId, { ...incoming, filename: name }, isEphemeral));
    if (file === undefined) return [];
    if (description !== undefined) file.description = description;
    return [file];
  });
}

/** A media object as Discord returns it: references to attachments become addresses. */
export function resolvedMedia(world: World, url: string, files: readonly StoredFile[]): Record<string, unknown> & { url: string } {
  const name = url.startsWith('attachment://') ? cleanFileName(url.slice('attachment://'.length)) : undefined;
  const file = files.find((one) => one.filename === name);
  if (file === undefined) return { url, proxy_url: url };
  const attachment = attachmentObject(world, file);
  return { url: String(attachment.url), proxy_url: attachment.proxy_url, content_type: file.contentType, attachment_id: file.id, size: file.bytes.length, ...file.dimensions };
}
