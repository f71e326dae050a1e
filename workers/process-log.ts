import { pino } from 'pino';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { CENSORED, type Redaction } from '../domain/secrets.js';

/** What must never reach a log, wherever it hides in an object: the address of an answer to an interaction holds its token. */
const REDACTED = ['token', 'authorization', 'err.url', 'err.requestBody', '*.token', '*.authorization', 'headers.authorization', '*.headers.authorization'];

/** The log of a process, as JSON lines on standard output. Each line is censored as a whole, whatever object or error a secret hides in. */
export function createProcessLog(name: string, level: string, redact: Redaction, destination?: DestinationStream): Logger {
  const options: LoggerOptions = { name, level, redact: { paths: REDACTED, censor: CENSORED }, hooks: { streamWrite: redact } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
