/** How the text of an environment variable is read. Durations are written `250ms`, `90s`, `15m`, `12h`, `7d` and read as milliseconds. */
export type SettingKind = 'text' | 'url' | 'integer' | 'number' | 'duration' | 'list';

export interface Setting {
  readonly kind: SettingKind;
  readonly help: string;
  /** Written as it would stand in the environment. Without one the setting is optional. */
  readonly default?: string;
  readonly unit?: string;
  /** Never shown, and may be given as the path of a file in `<NAME>_FILE`. */
  readonly secret?: true;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
}

/** Every environment variable of the project, as the README's table shows it. */
export const SETTINGS = {
  MONGODB_URI: { kind: 'url', secret: true, help: 'MongoDB replica set; unset, `npm start` runs one of its own' },
  TEMPORAL_ADDRESS: { kind: 'text', help: 'host:port of a Temporal server; unset, `npm start` runs one of its own' },
  TEMPORAL_NAMESPACE: { kind: 'text', default: 'default', help: 'Temporal namespace' },
  TEMPORAL_UI_URL: { kind: 'url', help: 'where operators open the Temporal Web UI; shown at start-up' },
  TASK_QUEUE_PREFIX: { kind: 'text', default: '', help: 'put before the name of every task queue, so that two yards can share a namespace' },
  MONGOD_PATH: { kind: 'text', help: 'the mongod `npm start` and `npm test` run' },
  TEMPORAL_CLI_PATH: { kind: 'text', help: 'the Temporal CLI `npm start` and `npm test` run' },
  CHROME_PATH: { kind: 'text', help: 'the Chromium or Chrome `npm test` runs' },

  DISCORD_TOKEN: { kind: 'text', secret: true, help: 'bot token; unset, `npm start` uses a stand-in of Discord' },
  DISCORD_API_URL: { kind: 'url', help: 'REST base of a stand-in; leave unset for Discord itself' },
  ATTACHMENT_ORIGINS: { kind: 'list', help: 'origins attachments may come from besides Discord’s, such as `http://127.0.0.1:8788`' },
  OPERATORS: { kind: 'list', help: 'accounts of operators, such as `discord:80351110224678912`' },
  HOME_GUILD_ID: { kind: 'text', help: 'server whose role OPERATOR_ROLE_ID makes operators' },
  OPERATOR_ROLE_ID: { kind: 'text', help: 'role in HOME_GUILD_ID that makes operators' },
  OPS_CHANNEL_ID: { kind: 'text', help: 'channel in which the bot tells operators what needs them; unset, only the log does' },
  UPLOAD_MAX_BYTES: { kind: 'integer', unit: 'bytes', default: '20971520', min: 1, help: 'largest picture taken in' },

  COMFYUI_NODES: { kind: 'list', help: 'nodes as `name=url` or `name=url;queue`; unset, `npm start` uses two stand-ins' },
  COMFYUI_HEADERS: { kind: 'text', secret: true, help: 'headers sent to every node, as a JSON object' },
  SD15_BASE_MODEL: { kind: 'text', help: 'file name of the checkpoint recipe `sd15-lora` trains on' },
  SDXL_BASE_MODEL: { kind: 'text', help: 'file name of the checkpoint recipe `sdxl-lora` trains on' },

  WELCOME_POINTS: { kind: 'integer', unit: 'points', default: '5000', min: 0, help: 'granted once to every account' },
  PRICE_FACTOR: { kind: 'number', default: '1', min: 0, help: 'multiplies every price; 0 makes a free yard' },
  POINTS_HELP: { kind: 'text', help: 'how users get points, told with every *not enough points*' },
  MAX_OPEN_RUNS: { kind: 'integer', unit: 'runs', default: '2', min: 1, help: 'open runs of one account' },
  DATASET_IMAGE_LIMIT: { kind: 'integer', unit: 'images', default: '100', min: 1, help: 'images of one dataset' },

  PUBLIC_URL: { kind: 'url', help: 'https address under which users reach the web part; used in download links' },
  WEB_HOST: { kind: 'text', default: '127.0.0.1', help: 'address the web part listens on' },
  WEB_PORT: { kind: 'integer', default: '8080', min: 0, max: 65_535, help: 'port the web part listens on' },
  DOWNLOAD_SECRET: { kind: 'text', secret: true, help: 'signs download links; `npm start` makes one' },
  DOWNLOAD_TTL: { kind: 'duration', default: '24h', help: 'how long a download link works' },
  LOG_LEVEL: { kind: 'text', default: 'info', oneOf: ['trace', 'debug', 'info', 'warn', 'error', 'silent'], help: 'least important log line shown' },

  HEARTBEAT_TIMEOUT: { kind: 'duration', default: '20s', help: 'silence after which a worker counts as dead' },
  QUEUE_WAIT_LIMIT: { kind: 'duration', default: '7d', help: 'longest wait for a node' },
  TRAINING_LIMIT: { kind: 'duration', default: '12h', help: 'longest training of one attempt' },
  FIRST_STEP_LIMIT: { kind: 'duration', default: '30m', help: 'a training without its first step after this has stalled' },
  STALL_LIMIT: { kind: 'duration', default: '15m', help: 'a training without a further step for this long has stalled' },
  NODE_QUEUE_UNSERVED_LIMIT: { kind: 'duration', default: '60m', help: 'a node whose worker is seen and does not serve it for this long counts as gone' },
  SUBMIT_RETRY_INTERVAL: { kind: 'duration', default: '5s', help: 'next try when a node turned out to be busy' },
  POLL_INTERVAL: { kind: 'duration', default: '2s', help: 'how often a node is asked about a training' },
  NODE_REPORT_INTERVAL: { kind: 'duration', default: '60s', help: 'how often a node’s state is written down and its jobs are checked' },
  SETTLE_INTERVAL: { kind: 'duration', default: '2m', help: 'how often dead runs are looked for' },
  SETTLE_GRACE: { kind: 'duration', default: '30s', help: 'age before which a run is not judged' },
  CARD_EDIT_INTERVAL: { kind: 'duration', default: '5s', help: 'least time between two edits of a card' },
  CARD_SLOW_INTERVAL: { kind: 'duration', default: '30s', help: 'the same once a run is ten minutes old' },
  ATTACH_MAX_BYTES: { kind: 'integer', unit: 'bytes', default: '10485760', min: 0, max: 25_000_000, help: 'model files up to this size come along with the news in direct messages' },
  ANNOUNCE_LIMIT: { kind: 'duration', default: '24h', help: 'how long the news of an end is tried to be delivered' },
  QUOTE_TTL: { kind: 'duration', default: '15m', help: 'how long a confirm screen holds' },
  LOST_AFTER_READS: { kind: 'integer', unit: 'reads', default: '3', min: 1, help: 'a job a node does not know this often in a row is lost' },
  SHUTDOWN_GRACE: { kind: 'duration', default: '20s', help: 'how long a worker may finish its work when it is stopped' },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

interface ValueOfKind {
  text: string;
  url: string;
  integer: number;
  number: number;
  duration: number;
  list: readonly string[];
}

type ValueOf<Name extends SettingName> = ValueOfKind[(typeof SETTINGS)[Name]['kind']];

/** A setting is always there when it has a default, is a list, or was required; else it may be undefined. */
export type SettingValues<Name extends SettingName, Required extends SettingName = never> = {
  readonly [N in Name]: (typeof SETTINGS)[N] extends { default: string } | { kind: 'list' }
    ? ValueOf<N>
    : N extends Required
      ? ValueOf<N>
      : ValueOf<N> | undefined;
};

export type SettingsOutcome<Values> =
  | { readonly kind: 'ok'; readonly values: Values }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

export interface ReadSettingsOptions<Required extends SettingName> {
  /** Reads the file named by `<NAME>_FILE`; may throw. */
  readonly readFile?: (path: string) => string;
  /** Names that must be given although they have no default. */
  readonly required?: readonly Required[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Parsed = { readonly value: unknown } | { readonly problem: string };

/**
 * Reads the named settings and reports everything wrong with them at once. A sentence about a secret never holds its value.
 * An empty variable counts as unset.
 */
export function readSettings<Name extends SettingName, Required extends Name = never>(
  env: Environment,
  names: readonly Name[],
  options: ReadSettingsOptions<Required> = {},
): SettingsOutcome<SettingValues<Name, Required>> {
  const values: Partial<Record<SettingName, unknown>> = {};
  const problems: string[] = [];
  const required: readonly SettingName[] = options.required ?? [];
  for (const name of names) {
    const parsed = readSetting(env, name, required.includes(name), options.readFile);
    if ('problem' in parsed) problems.push(parsed.problem);
    else values[name] = parsed.value;
  }
  if (problems.length > 0) return { kind: 'problems', problems };
  // Each value was read by the kind its name has in the table, which is what the type says.
  return { kind: 'ok', values: values as SettingValues<Name, Required> };
}

/** Set by the supervisor of `npm start`, whose parts end with it, also when it is killed. Nobody else sets it, so it is no setting. */
export function parentWatched(env: Environment): boolean {
  return env['TRAINYARD_PARENT_WATCH'] === '1';
}

function readSetting(env: Environment, name: SettingName, required: boolean, readFile?: (path: string) => string): Parsed {
  const setting: Setting = SETTINGS[name];
  const given = setting.secret === true ? secretText(env, name, readFile) : { value: present(env[name]) };
  if ('problem' in given) return given;
  const text = given.value ?? setting.default;
  if (text === undefined) {
    if (required) return { problem: `${name} is not set: ${setting.help}.` };
    return { value: EMPTY[setting.kind] };
  }
  const parsed = parseText(text, setting);
  if ('value' in parsed) return parsed;
  return { problem: `${name} ${parsed.problem}${setting.secret === true ? '' : `, found "${text}"`}.` };
}

const EMPTY = { text: undefined, url: undefined, integer: undefined, number: undefined, duration: undefined, list: [] } as const;

function secretText(
  env: Environment,
  name: string,
  readFile?: (path: string) => string,
): { readonly value: string | undefined } | { readonly problem: string } {
  const direct = present(env[name]);
  const path = present(env[`${name}_FILE`]);
  if (path === undefined) return { value: direct };
  if (direct !== undefined) return { problem: `${name} and ${name}_FILE are both set: keep one.` };
  if (readFile === undefined) return { problem: `${name}_FILE cannot be used here: set ${name}.` };
  try {
    return { value: present(readFile(path).trim()) };
  } catch {
    return { problem: `${name}_FILE names a file that cannot be read: ${path}.` };
  }
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

/** The problem continues the sentence that begins with the variable's name. */
function parseText(text: string, setting: Setting): Parsed {
  switch (setting.kind) {
    case 'text':
      if (setting.oneOf === undefined || setting.oneOf.includes(text)) return { value: text };
      return { problem: `must be one of ${setting.oneOf.join(', ')}` };
    case 'url':
      return /^[a-z][a-z+]*:\/\/[^\s/]/.test(text) ? { value: text } : { problem: 'must be an address such as https://example.org' };
    case 'integer':
      return /^-?\d+$/.test(text) ? inRange(Number(text), setting) : { problem: 'must be a whole number' };
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? inRange(Number(text), setting) : { problem: 'must be a number such as 1.5' };
    case 'duration':
      return parseDuration(text);
    case 'list':
      return { value: text.split(',').map((item) => item.trim()).filter((item) => item !== '') };
  }
}

function inRange(value: number, { min = -Infinity, max = Infinity, unit }: Setting): Parsed {
  const suffix = unit === undefined ? '' : ` ${unit}`;
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return { problem: 'must be a smaller number' };
  if (value < min) return { problem: `must be at least ${min}${suffix}` };
  if (value > max) return { problem: `must be at most ${max}${suffix}` };
  return { value };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseDuration(text: string): Parsed {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  const ms = digits === undefined || unitMs === undefined ? 0 : Math.round(Number(digits) * unitMs);
  return ms > 0 ? { value: ms } : { problem: 'must be a time such as 250ms, 90s, 15m, 12h or 7d' };
}
