type Server = 'temporal' | 'temporalUi' | 'mongodb';

/** How global setup hands the addresses to the tests: jest's workers inherit the environment. Set by hand, they share running servers. */
const VARIABLES = { temporal: 'TEST_TEMPORAL_ADDRESS', temporalUi: 'TEST_TEMPORAL_UI_URL', mongodb: 'TEST_MONGODB_URI' } as const;

export function givenAddress(server: Server): string | undefined {
  const address = process.env[VARIABLES[server]];
  return address === '' ? undefined : address;
}

export function publishAddress(server: Server, address: string): void {
  process.env[VARIABLES[server]] = address;
}

/** The address of a server of this jest run. */
export function testServerAddress(server: Server): string {
  const address = givenAddress(server);
  if (address === undefined) {
    throw new Error(`${VARIABLES[server]} is not set: run this file by jest, whose global setup starts the servers.`);
  }
  return address;
}

const LEAK_FOLDER = 'TEST_LEAK_FOLDER';
const SWEEP_REPORT = 'TEST_SWEEP_REPORT';

/** Where suites leave what their watches for secrets have seen, until the end of the run looks at all of it. */
export function leakFolder(): string | undefined {
  return process.env[LEAK_FOLDER];
}

export function publishLeakFolder(path: string): void {
  process.env[LEAK_FOLDER] = path;
}

/** Where the end of the run writes what became of its search for secrets; without it, a find ends the run with an error. */
export function sweepReportPath(): string | undefined {
  return process.env[SWEEP_REPORT];
}

/** `SAVE_HISTORIES=1` lets the end-to-end tests write the histories that later versions have to replay. */
export function savingHistories(): boolean {
  return process.env['SAVE_HISTORIES'] === '1';
}

/** `SAVE_SCREENS=1` lets the browser tests write the pictures of `docs/`. */
export function savingScreens(): boolean {
  return process.env['SAVE_SCREENS'] === '1';
}

const SEED = 'TEST_SEED';

/** From which all random tests of this jest run draw; null where `npm test` did not start it and none was given. */
export function testSeed(): number | null {
  const given = process.env[SEED];
  return given === undefined || given === '' ? null : seedFrom(given);
}

/** `TEST_SEED` as the environment has it, else a new one. */
export function seedOfRun(env: Readonly<Record<string, string | undefined>>): { readonly TEST_SEED: string } {
  const given = env[SEED];
  return { TEST_SEED: String(given === undefined || given === '' ? Math.floor(Math.random() * 1_000_000) : seedFrom(given)) };
}

function seedFrom(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`Expected ${SEED} to be a whole number of at most 9 digits, found "${text}".`);
  return Number(text);
}
