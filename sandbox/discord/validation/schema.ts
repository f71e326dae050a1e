import type { $ZodIssue } from 'zod/v4/core';
import type { ZodMiniType } from 'zod/mini';
import type { FormIssue } from '../errors.js';

export interface SchemaReport {
  issues: FormIssue[];
  /** Keys Discord's schema does not know, as dotted paths. Discord ignores them; a typo hides here. */
  unknownKeys: string[];
}

/**
 * What discord.js or Discord's documentation has and the published schema lacks: the client always sends `tts` and `enforce_nonce`,
 * `animated` belongs to an emoji, `nsfw` to a command.
 */
const KNOWN_BESIDE_SCHEMA = /(^|\.)(tts|enforce_nonce|nonce|emoji\.animated|nsfw)$/;

/** Layer 1: Discord's public schema. */
export function checkSchema(schema: ZodMiniType, body: unknown, root: readonly (string | number)[] = []): SchemaReport {
  const result = schema.safeParse(body);
  if (!result.success) {
    return { issues: result.error.issues.flatMap((issue) => formIssues(issue, root, body)), unknownKeys: [] };
  }
  return { issues: [], unknownKeys: keysDropped(body, result.data, '').filter((key) => !KNOWN_BESIDE_SCHEMA.test(key)) };
}

/** The schema's parsers drop what they do not know, so the difference is what was unknown. */
function keysDropped(given: unknown, kept: unknown, path: string): string[] {
  if (Array.isArray(given) && Array.isArray(kept)) {
    return given.flatMap((item, index) => keysDropped(item, kept[index], `${path}${path === '' ? '' : '.'}${index}`));
  }
  if (!isRecord(given) || !isRecord(kept)) return [];
  return Object.entries(given).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return key in kept ? keysDropped(value, kept[key], at) : [at];
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function formIssues(issue: $ZodIssue, root: readonly (string | number)[], body: unknown): FormIssue[] {
  const path = [...root, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  const at = (code: string, message: string): FormIssue[] => [{ path, code, message, rule: 'schema' }];
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? at('NUMBER_TYPE_MAX', `int value should be less than or equal to ${issue.maximum}.`)
        : at('BASE_TYPE_MAX_LENGTH', `Must be ${issue.maximum} or fewer in length.`);
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? at('NUMBER_TYPE_MIN', `int value should be greater than or equal to ${issue.minimum}.`)
        : at('BASE_TYPE_MIN_LENGTH', `Must be ${issue.minimum} or more in length.`);
    case 'invalid_value':
      return at('BASE_TYPE_CHOICES', `Value must be one of {${issue.values.map((value) => String(value)).join(', ')}}.`);
    case 'invalid_union':
      return unionIssues(issue, path, body);
    case 'invalid_format':
      return issue.format === 'url' ? at('URL_TYPE_INVALID_URL', 'Not a well formed URL.') : at('STRING_TYPE_REGEX', 'String value did not match validation regex.');
    case 'invalid_type':
      return isMissing(issue, body) ? at('BASE_TYPE_REQUIRED', 'This field is required') : at('BASE_TYPE_BAD_TYPE', `Only values of type ${issue.expected} are accepted.`);
    default:
      return at('BASE_TYPE_INVALID', issue.message);
  }
}

function isMissing(issue: $ZodIssue, body: unknown): boolean {
  let value = body;
  for (const step of issue.path) value = isRecord(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  return value === undefined;
}

/** Of a union of components or options, the branch with the body's `type` is the one whose complaints mean something. */
function unionIssues(issue: $ZodIssue & { code: 'invalid_union' }, path: readonly (string | number)[], body: unknown): FormIssue[] {
  let value = body;
  for (const step of issue.path) value = isRecord(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[step] : undefined;

  const typeMismatch = (branch: readonly $ZodIssue[]): $ZodIssue | undefined => branch.find((one) => one.path.length === 1 && one.path[0] === 'type');
  const isOtherKind = (branch: readonly $ZodIssue[]): boolean => branch.some((one) => one.path.length === 0 && one.code === 'invalid_type');
  const possible = issue.errors.filter((branch) => branch.length > 0 && typeMismatch(branch) === undefined);
  const fitting = possible.some((branch) => !isOtherKind(branch)) ? possible.filter((branch) => !isOtherKind(branch)) : possible;
  const closest = fitting.sort((a, b) => a.length - b.length)[0];
  if (closest !== undefined) return closest.flatMap((inner) => formIssues(inner, path, value));

  const types = issue.errors.flatMap((branch) => {
    const mismatch = typeMismatch(branch);
    return mismatch?.code === 'invalid_value' ? mismatch.values.map((one) => String(one)) : [];
  });
  if (types.length === 0) return [{ path, code: 'BASE_TYPE_INVALID', message: 'Invalid value.', rule: 'schema' }];
  return [{ path, code: 'UNION_TYPE_CHOICES', message: `Value of field "type" must be one of (${types.join(', ')}).`, rule: 'schema' }];
}
