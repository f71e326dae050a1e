import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { changeWorkflows } from '../../support/changed-workflows.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** `npm run replay` with these arguments. */
async function replay(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/replay/main.ts', ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise<number | null>((resolve) => child.once('close', resolve))]);
  return { code, out, err };
}

describe('npm run replay', () => {
  it('is red by an incompatible change and names the runs that would be stuck, as one line of JSON too', async () => {
    const changed = await changeWorkflows([{ file: 'workflows/settle-run/workflow.ts', from: 'if (ending.claim !== null) await interrupt(runId, ending.claim);', to: '' }]);
    try {
      const { code, out, err } = await replay('--json', '--workflows', changed.path);
      expect(code).toBe(1);
      expect(JSON.parse(out)).toMatchObject({ ok: false, problems: expect.arrayContaining([expect.objectContaining({ name: 'settled' })]) });
      expect(err).toMatch(/✗ settled\n.*Nondeterminism/s);
    } finally {
      await changed.remove();
    }
  }, 120_000);

  it('is red where there is no history', async () => {
    expect(await replay('--histories', 'docs')).toMatchObject({ code: 1, out: expect.stringContaining('0 passed, 1 failed') });
  }, 120_000);

  it('says which words it knows', async () => {
    expect(await replay('--fly')).toMatchObject({ code: 2, err: expect.stringContaining('Known: --json') });
  }, 120_000);
});
