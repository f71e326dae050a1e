import { relative } from 'node:path';

const SLOW_MS = 20_000;
const STILL_RUNNING_MS = 30_000;

/** One line for each suite as it ends, what failed in full, and a sign of life while slow suites run. Everything on stderr. */
export default class Reporter {
  #root = process.cwd();
  #running = new Map();
  #ended = 0;
  #total = 0;
  #timer;

  onRunStart({ numTotalTestSuites }) {
    this.#total = numTotalTestSuites;
    this.#timer = setInterval(() => this.#signOfLife(), STILL_RUNNING_MS);
    this.#timer.unref();
  }

  onTestFileStart(test) {
    this.#running.set(test.path, Date.now());
  }

  onTestFileResult(test, result) {
    const tookMs = Date.now() - (this.#running.get(test.path) ?? Date.now());
    this.#running.delete(test.path);
    this.#ended += 1;
    const good = result.numPassingTests;
    const bad = result.numFailingTests + result.numPendingTests + result.numTodoTests;
    const isFine = bad === 0 && result.testExecError == null && result.failureMessage == null;
    const count = isFine ? `${good}` : `${good} passed, ${result.testExecError == null ? `${bad} failed` : 'did not load'}`;
    const took = tookMs > SLOW_MS ? `  slow: ${Math.round(tookMs / 1000)} s` : `  ${(tookMs / 1000).toFixed(1)} s`;
    this.#say(`${isFine ? '✓' : '✗'} [${this.#ended}/${this.#total}] ${relative(this.#root, test.path)}  ${count}${took}`);
    if (isFine) return;
    for (const { type, message } of result.console ?? []) this.#say(`  console.${type}: ${message}`);
    if (result.failureMessage != null) this.#say(result.failureMessage);
  }

  onRunComplete(_contexts, { runExecError }) {
    clearInterval(this.#timer);
    if (runExecError != null) this.#say(runExecError.message);
  }

  #signOfLife() {
    const now = Date.now();
    const names = [...this.#running].map(([path, since]) => `${relative(this.#root, path)} (${Math.round((now - since) / 1000)} s)`);
    if (names.length > 0) this.#say(`  still running: ${names.join(', ')}`);
  }

  #say(text) {
    process.stderr.write(`${text}\n`);
  }
}
