import { testServerAddress } from './config.js';

/** `host:port` of this run's Temporal server, namespace `default`. Suites share it: each uses its own task queue and workflow ids. */
export function testTemporalAddress(): string {
  return testServerAddress('temporal');
}
