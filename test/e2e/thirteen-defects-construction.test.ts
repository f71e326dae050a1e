import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import type { PointsLedger } from '../../models/points-ledger.js';
import { CHECKS } from '../run/checks.js';

/** The two defects of an earlier system that cannot be met at the wire, because nothing that has them compiles or passes here. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['domain', 'models', 'workflows', 'activities', 'workers', 'bot', 'web'];

async function sources(folders: readonly string[]): Promise<{ path: string; text: string; parsed: ts.SourceFile }[]> {
  const found = await Promise.all(folders.map((folder) => readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })));
  const paths = found.flat().filter((entry) => entry.isFile() && entry.name.endsWith('.ts')).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8');
      return { path: relative(ROOT, path), text, parsed: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
    }),
  );
}

function nodesIn(file: ts.SourceFile): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return nodes;
}

/** A cast through `unknown` or `any` makes anything fit anywhere. */
function hidesAType(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return true;
  return ts.isAsExpression(node) && ts.isAsExpression(node.expression) && node.expression.type.kind === ts.SyntaxKind.UnknownKeyword;
}

describe('3. calls that do not exist do not compile', () => {
  it('3. no file of the product hides a type: no any, no cast through unknown, no silenced error', async () => {
    const files = await sources(ROOMS);
    expect(files.length).toBeGreaterThan(150);
    const hidden = files.filter(({ text, parsed }) => /@ts-(ignore|nocheck|expect-error)/.test(text) || nodesIn(parsed).some(hidesAType));
    expect(hidden.map(({ path }) => path)).toEqual([]);
  });

  it('3. the types are checked with every run of the tests, tests included', () => {
    expect(CHECKS.map(({ args, program }) => `${program} ${args.join(' ')}`)).toEqual(expect.arrayContaining([expect.stringContaining('tsc --noEmit')]));
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: { compilerOptions: object; include: string[] } };
    expect(config.compilerOptions).toMatchObject({ strict: true, noUncheckedIndexedAccess: true });
    expect(config.include).toEqual(expect.arrayContaining([...ROOMS, 'test']));
  });

  it('3. the ledger has the calls that are made of it, and none of those the earlier system imagined', () => {
    // The compiler, not this run, is the test: each line below is an error of types as long as the ledger has no such call.
    const imagined = (ledger: PointsLedger): unknown[] => [
      // @ts-expect-error -- there is no such call
      ledger.deduct,
      // @ts-expect-error -- there is no such call
      ledger.addPoints,
      // @ts-expect-error -- there is no such call
      ledger.getBalance,
      // @ts-expect-error -- there is no such call
      ledger.discountFor,
    ];
    const real: (keyof PointsLedger)[] = ['hold', 'resolve', 'grant', 'balanceOf'];
    expect([imagined, ...real]).toHaveLength(5);
  });
});

describe('13. tests meet the real thing', () => {
  /** What makes a double of a module or of a function of ours. */
  const DOUBLES = new Set(['mock', 'doMock', 'unstable_mockModule', 'spyOn', 'fn', 'createMockFromModule', 'replaceProperty']);

  const doublesIn = (file: ts.SourceFile): string[] =>
    nodesIn(file).flatMap((node) =>
      ts.isPropertyAccessExpression(node) && node.expression.getText(file) === 'jest' && DOUBLES.has(node.name.text) ? [`${relative(ROOT, file.fileName)}: jest.${node.name.text}`] : [],
    );

  it('13. no test replaces a module or a function: no jest.mock, no jest.fn, no spy', async () => {
    const files = await sources(['test']);
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap(({ parsed }) => doublesIn(parsed))).toEqual([]);
    const manual = (await readdir(join(ROOT, 'test'), { recursive: true })).filter((path) => path.includes('__mocks__'));
    expect(manual).toEqual([]);
  });

  it('13. no test passes off an object as a service by a cast through unknown', async () => {
    const files = await sources(['test']);
    const SERVICES = /^(PointsLedger|Runs|Datasets|Blobs|Quotes|Loras|Interactions|Nodes|Services|Yard|Models|WorkerContext|Client|Connection|ComfyClient)$/;
    const passedOff = files.flatMap(({ path, parsed }) =>
      nodesIn(parsed).flatMap((node) => (ts.isAsExpression(node) && hidesAType(node) && SERVICES.test(node.type.getText(parsed)) ? [`${path}: ${node.getText(parsed).slice(0, 80)}`] : [])),
    );
    expect(passedOff).toEqual([]);
  });

  it('13. finds a double where there is one', () => {
    const sample = ts.createSourceFile('sample.ts', "jest.mock('./ledger.js'); const hold = jest.fn(); jest.spyOn(ledger, 'hold');", ts.ScriptTarget.Latest, true);
    expect(doublesIn(sample)).toHaveLength(3);
    const cast = ts.createSourceFile('cast.ts', 'const ledger = { hold: 1 } as unknown as PointsLedger; const other: any = ledger;', ts.ScriptTarget.Latest, true);
    expect(nodesIn(cast).filter(hidesAType)).toHaveLength(2);
  });
});
