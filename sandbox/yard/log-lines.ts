const LEVELS: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const LEFT_OUT = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'v', 'ready']);
const LONGEST_FIELD = 300;

type LogRecord = Readonly<Record<string, unknown>>;

/** The record in a line of JSON, or undefined when it is ordinary text. */
function parseLogLine(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? (record as LogRecord) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A part says with one such line that it serves. */
export function isReadyLine(line: string): boolean {
  return parseLogLine(line)?.['ready'] === true;
}

/** What a person reads instead of a line of pino's JSON; ordinary text stays as it is. */
export function readableLine(line: string): string {
  const record = parseLogLine(line);
  if (typeof record?.['level'] !== 'number' || typeof record['time'] !== 'number') return line;
  const level = LEVELS[record['level']] ?? String(record['level']);
  const message = typeof record['msg'] === 'string' ? record['msg'] : '';
  const fields = Object.entries(record).filter(([key]) => !LEFT_OUT.has(key));
  return [clock(record['time']), level.padEnd(5), message, ...fields.map(readableField)].join(' ').trimEnd();
}

function readableField([key, value]: [string, unknown]): string {
  if (key === 'err' && typeof value === 'object' && value !== null) {
    const { type, message } = value as { type?: unknown; message?: unknown };
    return `err="${String(type)}: ${String(message)}"`;
  }
  const text = typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value);
  return `${key}=${text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text}`;
}

function clock(timeMs: number): string {
  return new Date(timeMs).toTimeString().slice(0, 8);
}
