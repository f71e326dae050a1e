import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface JestEnd {
  readonly tally: { passed: number; failed: number; notes: string[] };
  readonly stderr: string;
}

/** The jest run of `npm test`, in a project of its own. */
export function runJestIn(project: string, ...only: string[]): Promise<JestEnd> {
  const script = `
    import { runJest } from ${JSON.stringify(new URL('../run/checks.ts', import.meta.url).href)};
    const tally = await runJest(${JSON.stringify({ options: ['--rootDir', project, '--config', join(project, 'jest.config.mjs')], only })}, process.cwd(), process.env);
    console.log(JSON.stringify(tally));`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('close', () => {
      if (stdout === '') reject(new Error(stderr));
      else resolve({ tally: JSON.parse(stdout) as JestEnd['tally'], stderr });
    });
  });
}
