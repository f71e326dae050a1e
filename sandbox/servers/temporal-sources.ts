import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramSources } from './obtain-program.js';
import { TEMPORAL } from './program-kind.js';
import { binaryOnPath, cachedBinary, configuredPath, failureOf, install, type Installation, type ProgramSource } from './sources.js';
import { vendorDownload } from './vendor-download.js';

/** The last version whose go.mod has no `replace`, which `go install` refuses. */
const VERSION = 'v1.5.1';
const LEAST_GO = [1, 21] as const;

export function temporalSources(): ProgramSources {
  return {
    atHand: [configuredPath(TEMPORAL), binaryOnPath(TEMPORAL), cachedBinary(TEMPORAL)],
    bringing: [vendor(), goModule()],
    wayOut:
      'Connect to the internet once, or install the Temporal CLI 1.5.1 or newer and set TEMPORAL_CLI_PATH, or set TEMPORAL_ADDRESS to a running server.',
  };
}

const VENDOR: Installation = {
  source: 'temporal.download',
  announcement: `Downloading the Temporal CLI ${VERSION} from temporal.download (about 60 MB).`,
  cachePath: 'temporal',
  binary: '',
  fill: async (folder, run, progress) => {
    const reason = await vendorDownload(['download-temporal.ts', VERSION], folder, {}, run, progress);
    const name = (await readdir(folder)).find((file) => file.startsWith('temporal') && !file.endsWith('.downloading'));
    if (name === undefined) return { reason: reason ?? 'the download holds no Temporal CLI' };
    return { made: join(folder, name) };
  },
};

function vendor(): ProgramSource {
  return { name: VENDOR.source, find: (context) => install(TEMPORAL, VENDOR, context) };
}

const GO_MODULE: Installation = {
  source: 'its Go module',
  announcement: `Building the Temporal CLI ${VERSION} from source by Go: this takes about 4 minutes, once.`,
  cachePath: 'temporal',
  binary: '',
  fill: async (folder, run) => {
    // Its SQLite is pure Go. An older Go fetches the one the module asks for.
    const env = { CGO_ENABLED: '0', GOBIN: folder, GOTOOLCHAIN: 'auto' };
    const reason = await failureOf(run, 'go', ['install', `github.com/temporalio/cli/cmd/temporal@${VERSION}`], { env });
    return reason === undefined ? { made: join(folder, 'temporal') } : { reason };
  },
};

function goModule(): ProgramSource {
  return {
    name: 'Go',
    find: async (context) => {
      const answer = await context.run('go', ['version']);
      const [, major, minor] = /go version go(\d+)\.(\d+)/.exec(answer.stdout) ?? [];
      if (answer.code !== 0 || major === undefined) return { kind: 'absent', reason: 'Go is not installed' };
      const isOld = Number(major) === LEAST_GO[0] && Number(minor) < LEAST_GO[1];
      if (isOld) return { kind: 'absent', reason: `Go ${LEAST_GO.join('.')} or newer is needed, found ${major}.${String(minor)}` };
      return install(TEMPORAL, GO_MODULE, context);
    },
  };
}
