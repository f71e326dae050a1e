import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '../../../sandbox/config.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCES = ['domain', 'models', 'workflows', 'activities', 'workers', 'bot', 'web', 'recipes', 'sandbox', 'tsconfig.json', 'package.json'];
const MAKE = `
  const { compiledCopy } = await import(process.argv[1] + '/sandbox/yard/compiled-copy.ts');
  console.log(await compiledCopy(process.argv[1]));
  process.exit();
`;

let project: string;

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'trainyard-compiled-')));
  expect(spawnSync('cp', ['-r', ...SOURCES, project], { cwd: ROOT }).status).toBe(0);
  await symlink(await realpath(join(ROOT, 'node_modules')), join(project, 'node_modules'));
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** Each time by a process of its own, as every command is one. */
function make(): { status: number | null; copy: string; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', MAKE, project], { cwd: project, encoding: 'utf8', env: { ...environment(), NODE_OPTIONS: '' } });
  return { status, copy: stdout.trim(), said: stderr };
}

describe('the copy that the parts of a yard start from', () => {
  it('is not made of source that cannot be compiled, and says where it is wrong', async () => {
    const file = join(project, 'domain/price.ts');
    const before = await readFile(file, 'utf8');
    await appendFile(file, '\nexport const broken = ;\n');
    const { status, said } = make();
    expect(status).toBe(1);
    expect(said).toMatch(/domain\/price\.ts:\d+:\d+/);
    await writeFile(file, before);
  });

  it('is laid out as the project is, with its workflows bundled and everything a program reads beside it', async () => {
    const { status, copy, said } = make();
    expect({ status, said }).toEqual({ status: 0, said: '' });
    for (const file of ['bot/main.js', 'workers/main.js', 'workflow-bundle.js', 'recipes/sd15-lora.json', 'sandbox/discord/page/main.tsx']) {
      expect({ file, bytes: (await readFile(join(copy, file))).length }).toEqual({ file, bytes: expect.any(Number) });
    }
    const run = spawnSync(process.execPath, [join(copy, 'workers/main.js'), '--role', 'yard'], { encoding: 'utf8', env: { PATH: environment()['PATH'] } });
    expect({ status: run.status, said: run.stderr }).toEqual({ status: 78, said: expect.stringMatching(/^MONGODB_URI is not set/) });
  });

  it('is made once for the same source, and anew after an edit; one that nobody has used for a day is removed then', async () => {
    const first = make().copy;
    expect(make().copy).toBe(first);
    await utimes(first, new Date(0), new Date(Date.now() - 25 * 3_600_000));
    await appendFile(join(project, 'domain/price.ts'), '\n// edited\n');
    const second = make().copy;
    expect(second).not.toBe(first);
    expect(await readdir(join(project, '.trainyard/compiled'))).toEqual([second.slice(second.lastIndexOf('/') + 1)]);
  });
});
