import { SETTINGS, type Setting } from './settings.js';

/** Takes what is secret out of a text. */
export type Redaction = (text: string) => string;

export const CENSORED = '[secret]';

type Environment = Readonly<Record<string, string | undefined>>;

/** A shorter value is as likely a word as a secret: censoring it would make logs unreadable and hide nothing. */
const SHORTEST = 6;

/** Read by Temporal's own configuration, so they stand in no table of ours. */
const SECRETS_OF_TEMPORAL = /^TEMPORAL_(API_KEY|TLS_CLIENT_KEY_DATA|GRPC_META_.*)$/;

/** What is secret by its form: passwords in addresses, tokens in Discord's paths, signatures in links, keys to a door, bot tokens. */
const SECRET_FORMS: readonly (readonly [form: RegExp, shown: string])[] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]+@/gi, `$1${CENSORED}@`],
  [/(\/(?:interactions|webhooks)\/\d+\/)[\w.~%-]{20,}/g, `$1${CENSORED}`],
  [/([?&](?:sig|hm|access_token|token|api_key)=)[^\s&#"'<>\\]+/gi, `$1${CENSORED}`],
  [/\bBearer +[\w.~+/=-]{8,}/g, `Bearer ${CENSORED}`],
  [/\b[\w-]{18,}\.[\w-]{5,8}\.[\w-]{27,}/g, CENSORED],
];

/** The one place that decides what no log, payload or error text may hold: these values, and what is secret by its form. */
export function createRedaction(secrets: readonly string[]): Redaction {
  // The longest first: a secret may be part of another.
  const values = [...new Set(secrets.flatMap(spellings))].filter((value) => value.length >= SHORTEST).sort((one, other) => other.length - one.length);
  return (text) => {
    let shown = text;
    for (const value of values) shown = shown.replaceAll(value, CENSORED);
    for (const [form, replacement] of SECRET_FORMS) shown = shown.replace(form, replacement);
    return shown;
  };
}

/** Every secret of a process, as its environment has it: of addresses their passwords, of headers their values. */
export function secretsOf(env: Environment, readFile?: (path: string) => string): string[] {
  return Object.entries(env).flatMap(([variable, text]) => {
    if (text === undefined || text.trim() === '') return [];
    if (SECRETS_OF_TEMPORAL.test(variable)) return [text.trim()];
    const name = variable.replace(/_FILE$/, '');
    const setting: Setting | undefined = Object.entries(SETTINGS).find(([known]) => known === name)?.[1];
    if (setting === undefined) return [];
    const given = variable === name ? text.trim() : contentOf(text.trim(), readFile);
    if (setting.secret !== true || setting.kind === 'url') return passwordsIn(given);
    return name === 'COMFYUI_HEADERS' ? [given, ...headerValues(given)] : [given];
  });
}

function contentOf(path: string, readFile?: (path: string) => string): string {
  try {
    return readFile?.(path).trim() ?? '';
  } catch {
    // Whoever reads the setting says so; what cannot be read cannot be told either.
    return '';
  }
}

/** `user:password@` of every address in a text, as it stands there and as it is meant. */
function passwordsIn(text: string): string[] {
  return [...text.matchAll(/:\/\/(?<user>[^:/@\s]*):(?<password>[^/@\s]*)@/g)].flatMap(({ groups: { password = '' } = {} }) => [password, decoded(password)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an encoding: it is meant as it stands.
    return text;
  }
}

/** The values of a JSON object of texts; of `Bearer <key>` the key alone as well. */
function headerValues(text: string): string[] {
  return [...text.matchAll(/:\s*"((?:[^"\\]|\\.)*)"/g)].flatMap(([, value = '']) => [value, value.replace(/^\S+ +/, '')]);
}

/** As it was given, as it stands in JSON, and as it stands in an address. */
function spellings(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
}
