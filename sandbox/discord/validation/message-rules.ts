import type { FormIssue } from '../errors.js';
import { type Embed, MessageFlag, type MessageBody } from '../wire.js';
import { checkComponents } from './component-rules.js';
import type { Path } from './walk.js';

const MAX_CONTENT = 2_000;
const MAX_EMBED_TEXT = 6_000;
const MAX_FILES = 10;

/** What is on the message already, for an edit. */
export interface MessageBefore {
  flags: number;
  content: string;
  embeds: readonly Embed[];
}

export interface MessageContext {
  root: Path;
  before?: MessageBefore;
  /** Names of the files that are on the message after the request. */
  fileNames: readonly string[];
}

/** Rules 1, 3 to 11 and what belongs to them. An empty message (rule 2) has an answer of its own, 50006. */
export function checkMessage(body: MessageBody, context: MessageContext): FormIssue[] {
  const { root, before } = context;
  const wasV2 = ((before?.flags ?? 0) & MessageFlag.ComponentsV2) !== 0;
  const isV2 = wasV2 || ((body.flags ?? 0) & MessageFlag.ComponentsV2) !== 0;
  return [
    ...checkContent(body, root),
    ...checkFlags(body, wasV2, root),
    ...(isV2 ? checkNoLegacyFields(body, context) : []),
    ...checkEmbeds(body.embeds ?? [], root),
    ...checkMentions(body, root),
    ...(context.fileNames.length > MAX_FILES ? [issue(root, 'attachments', 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.', 'file-count')] : []),
    ...checkComponents(body.components ?? [], { isV2, root, fileNames: context.fileNames }),
  ];
}

const issue = (root: Path, field: string, code: string, message: string, rule: string): FormIssue => ({ path: [...root, field], code, message, rule });

function checkContent(body: MessageBody, root: Path): FormIssue[] {
  if ((body.content?.length ?? 0) <= MAX_CONTENT) return [];
  return [issue(root, 'content', 'BASE_TYPE_MAX_LENGTH', 'Must be 2000 or fewer in length.', '1 content-length')];
}

function checkFlags(body: MessageBody, wasV2: boolean, root: Path): FormIssue[] {
  if (!wasV2 || body.flags === undefined || body.flags === null || (body.flags & MessageFlag.ComponentsV2) !== 0) return [];
  return [issue(root, 'flags', 'MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG', 'MessageFlags.IS_COMPONENTS_V2 cannot be removed from a message.', '5 v2-flag-stays')];
}

function checkNoLegacyFields(body: MessageBody, { root, before }: MessageContext): FormIssue[] {
  const refused = (field: string, rule: string): FormIssue =>
    issue(root, field, 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`, rule);
  const issues: FormIssue[] = [];
  const rule = '3 no-legacy-fields-with-v2';
  if (typeof body.content === 'string') issues.push(refused('content', rule));
  if ((body.embeds ?? []).length > 0) issues.push(refused('embeds', rule));
  if (body.poll !== undefined && body.poll !== null) issues.push(refused('poll', rule));
  if ((body.sticker_ids ?? []).length > 0) issues.push(refused('sticker_ids', rule));
  if (before !== undefined && (before.flags & MessageFlag.ComponentsV2) === 0) {
    if (before.content !== '' && body.content === undefined) issues.push(refused('content', '5 v2-upgrade-clears-content'));
    if (before.embeds.length > 0 && body.embeds === undefined) issues.push(refused('embeds', '5 v2-upgrade-clears-embeds'));
  }
  return issues;
}

function checkEmbeds(embeds: readonly Embed[], root: Path): FormIssue[] {
  const total = embeds.reduce((sum, embed) => sum + textLengthOf(embed), 0);
  if (total <= MAX_EMBED_TEXT) return [];
  return [issue(root, 'embeds', 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MAX_EMBED_TEXT}`, '8 embeds-total')];
}

const textLengthOf = (embed: Embed): number =>
  [embed.title, embed.description, embed.footer?.text, embed.author?.name, ...(embed.fields ?? []).flatMap((field) => [field.name, field.value])].reduce(
    (sum, text) => sum + (text?.length ?? 0),
    0,
  );

function checkMentions(body: MessageBody, root: Path): FormIssue[] {
  const { parse = [], users, roles } = body.allowed_mentions ?? {};
  const clash = (kind: string, ids: string[] | undefined): FormIssue[] =>
    parse.includes(kind) && (ids ?? []).length > 0
      ? [
          issue(
            [...root, 'allowed_mentions'],
            'parse',
            'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
            `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
            'allowed-mentions',
          ),
        ]
      : [];
  return [...clash('users', users), ...clash('roles', roles)];
}
