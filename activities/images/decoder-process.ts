import { inspectPicture, setUpDecoder } from './decoder.js';
import type { DecoderLimits, DecoderReply, DecoderRequest } from './decoder-messages.js';
import { makeTrainingFile } from './training-files.js';

/** Short against the time it takes to fill the memory that is left above the limit. */
const LOOKS_EVERY_MS = 50;

/** What glibc keeps of a large picture in pieces comes on top of the next one. */
const SPENT_SHARE = 0.4;

/**
 * The process in which strangers' files meet native code: `createDecoder` starts it, sends it one file at a time, and
 * survives its death. The files are decoded beside the main thread, which meanwhile watches what they cost.
 */
function main(): void {
  const limits = JSON.parse(process.argv[2] ?? '') as DecoderLimits;
  setUpDecoder();
  // A signal to the whole group stops the worker, which lets its files come to an end and then closes the channel.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('disconnect', endAtOnce);
  process.on('message', (request: DecoderRequest) => {
    void answer(request, limits);
  });
}

async function answer(request: DecoderRequest, limits: DecoderLimits): Promise<void> {
  say({ kind: 'started' });
  const watch = watchCosts(limits);
  try {
    const bytes = Buffer.from(request.bytes.buffer, request.bytes.byteOffset, request.bytes.byteLength);
    const result = request.kind === 'inspect' ? await inspectPicture(bytes) : await makeTrainingFile(bytes, request.bounds);
    say({ kind: 'done', result, isSpent: process.memoryUsage.rss() > limits.memoryBytes * SPENT_SHARE });
  } catch (error) {
    say({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    clearInterval(watch);
  }
}

function watchCosts({ memoryBytes, cpuMs }: DecoderLimits): NodeJS.Timeout {
  const before = process.cpuUsage();
  return setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if (process.memoryUsage.rss() > memoryBytes) say({ kind: 'over', limit: 'memory' }, endAtOnce);
    else if ((user + system) / 1000 > cpuMs) say({ kind: 'over', limit: 'time' }, endAtOnce);
  }, LOOKS_EVERY_MS);
}

function say(reply: DecoderReply, then: () => void = () => undefined): void {
  process.send?.(reply, undefined, undefined, then);
}

/** `process.exit` would wait for the thread that decodes. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

main();
