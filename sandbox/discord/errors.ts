/** One thing wrong with a body: where, Discord's code for it, and which rule found it. */
export interface FormIssue {
  path: readonly (string | number)[];
  code: string;
  message: string;
  /** `schema` or the name of the semantic rule. */
  rule: string;
}

interface ErrorNode {
  _errors?: { code: string; message: string }[];
  [key: string]: ErrorNode | { code: string; message: string }[] | undefined;
}

/** An answer of Discord other than success, in its own JSON shape. */
export class DiscordError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    readonly extra: { body?: Record<string, unknown>; headers?: Record<string, string>; issues?: readonly FormIssue[] } = {},
  ) {
    super(message);
    this.name = 'DiscordError';
  }

  get body(): Record<string, unknown> {
    return { message: this.message, code: this.code, ...this.extra.body };
  }
}

/** 50035 with Discord's nested `errors` object. */
export function invalidForm(issues: readonly FormIssue[]): DiscordError {
  const root: ErrorNode = {};
  for (const issue of issues) {
    let node = root;
    for (const step of issue.path) {
      const next = (node[step] ??= {}) as ErrorNode;
      node = next;
    }
    (node._errors ??= []).push({ code: issue.code, message: issue.message });
  }
  return new DiscordError(400, 50035, 'Invalid Form Body', { body: { errors: root }, issues });
}

const answer = (status: number, code: number, message: string) => () => new DiscordError(status, code, message);

/** The refusals the stand-in gives by itself; codes and texts are Discord's. */
export const refuse = {
  unauthorized: answer(401, 0, '401: Unauthorized'),
  unknownChannel: answer(404, 10003, 'Unknown Channel'),
  unknownMember: answer(404, 10007, 'Unknown Member'),
  unknownMessage: answer(404, 10008, 'Unknown Message'),
  unknownUser: answer(404, 10013, 'Unknown User'),
  unknownWebhook: answer(404, 10015, 'Unknown Webhook'),
  unknownGuild: answer(404, 10004, 'Unknown Guild'),
  unknownApplication: answer(404, 10002, 'Unknown Application'),
  unknownInteraction: answer(404, 10062, 'Unknown interaction'),
  alreadyAcknowledged: answer(400, 40060, 'Interaction has already been acknowledged.'),
  requestTooLarge: answer(413, 40005, 'Request entity too large'),
  tooManyFollowUps: answer(400, 40094, 'This interaction has reached the maximum number of follow-up messages'),
  missingAccess: answer(403, 50001, 'Missing Access'),
  notYourMessage: answer(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: answer(400, 50006, 'Cannot send an empty message'),
  cannotDm: answer(403, 50007, 'Cannot send messages to this user'),
  missingPermissions: answer(403, 50013, 'Missing Permissions'),
  invalidWebhookToken: answer(401, 50027, 'Invalid Webhook Token'),
  invalidRecipient: answer(400, 50033, 'Invalid Recipient(s)'),
  archivedThread: answer(400, 50083, 'Thread is archived'),
  invalidJson: answer(400, 50109, 'The request body contains invalid JSON.'),
  noMutualGuild: answer(403, 50278, 'Cannot send messages to this user due to having no mutual guilds'),
  noHistoryForReply: answer(403, 160002, 'Cannot reply without permission to read message history'),
} as const;
