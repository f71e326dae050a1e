export default async function globalTeardown() {
  // Also looks for secrets in all that the tests have left: see test-servers.ts.
  await globalThis.stopTestServers?.();
}
