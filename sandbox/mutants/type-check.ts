import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { edited, type Edit } from './edit.js';

/** Answers whether the project's file still compiles with one change in it. */
export interface TypeCheck {
  compiles(edit: Edit): boolean;
}

/** One program for all changes: only what a change touches is looked at again. */
export function createTypeCheck(root: string): TypeCheck {
  const configFile = join(root, 'tsconfig.json');
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)).config, ts.sys, dirname(configFile));
  // Mutants are never in tests, and whether these still compile does not tell whether the mutant does.
  const files = config.fileNames.filter((path) => !relative(root, path).startsWith('test'));
  let change: { readonly path: string; readonly text: string } | null = null;
  let version = 0;
  const textOf = (path: string): string | undefined => (change?.path === path ? change.text : ts.sys.readFile(path));
  const service = ts.createLanguageService({
    getCompilationSettings: () => config.options,
    getScriptFileNames: () => files,
    getScriptVersion: (path) => (change?.path === path ? String(version) : '0'),
    getScriptSnapshot: (path) => {
      const text = textOf(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (path) => ts.sys.fileExists(path),
    readFile: (path, encoding) => ts.sys.readFile(path, encoding),
    readDirectory: (path, extensions, exclude, include, depth) => ts.sys.readDirectory(path, extensions, exclude, include, depth),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
    realpath: (path) => ts.sys.realpath?.(path) ?? path,
  });
  return {
    compiles(edit) {
      const path = join(root, edit.file);
      version += 1;
      change = { path, text: edited(ts.sys.readFile(path) ?? '', edit) };
      const problems = [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)];
      return !problems.some(({ category }) => category === ts.DiagnosticCategory.Error);
    },
  };
}
