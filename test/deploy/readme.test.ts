import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ownServices, projectPath, readProjectFile } from './compose-file.js';
import { settingsTable } from './settings-table.js';

describe('README.md', () => {
  const readme = readProjectFile('README.md');

  it('shows the table of all settings as the code reads them', () => {
    const start = readme.indexOf('| name | what it is | unit | default |');
    expect(start).toBeGreaterThan(0);
    expect(readme.slice(start, readme.indexOf('\n\n', start))).toBe(settingsTable());
  });

  it('links only to what is there', () => {
    const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '').filter((target) => !target.startsWith('https://'));
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !existsSync(projectPath(target)))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readProjectFile('package.json')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run )?([a-z][a-z-]*)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names every folder of code', () => {
    const folders = readdirSync(projectPath(''), { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    const code = folders.map(({ name }) => name).filter((name) => !['node_modules', 'dist', 'docs', 'coverage', 'bench'].includes(name));
    expect(code.filter((name) => !readme.includes(`| [${name}](${name}) |`))).toEqual([]);
  });

  it('names only programs that the image holds', () => {
    const programs = [...readme.matchAll(/\bnode (dist\/\S+\.js)/g)].map(([, program]) => program ?? '');
    expect(programs.length).toBe(2);
    const ours = ownServices().map(([, service]) => service.command?.[1] ?? '');
    for (const program of [...programs, ...ours]) expect([program, existsSync(projectPath(program.replace(/^dist\/(.*)\.js$/, '$1.ts')))]).toEqual([program, true]);
  });
});
