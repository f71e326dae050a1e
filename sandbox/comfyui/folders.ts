import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Catalogue } from './node-classes.js';

export type FolderType = 'input' | 'output' | 'temp';

/** The folders of one ComfyUI: `input/` and `output/` outlive a restart, `temp/` does not. */
export interface Folders extends Catalogue {
  pathOf(type: FolderType): string;
  wipeTemp(): void;
}

export function createFolders(dir: string, checkpoints: string[]): Folders {
  const root = path.resolve(dir);
  const pathOf = (type: FolderType) => path.join(root, type);
  for (const type of ['input', 'output', 'temp'] as const) mkdirSync(pathOf(type), { recursive: true });

  return {
    pathOf,
    wipeTemp() {
      rmSync(pathOf('temp'), { recursive: true, force: true });
      mkdirSync(pathOf('temp'), { recursive: true });
    },
    checkpoints: () => [...checkpoints],
    inputFolders: () => entriesBelow(pathOf('input'), 'folder').sort(),
    loras: () =>
      entriesBelow(path.join(pathOf('output'), 'loras'), 'file')
        .filter((name) => name.endsWith('.safetensors'))
        .sort(),
  };
}

export function folderTypeOf(value: string): FolderType | null {
  return value === 'input' || value === 'output' || value === 'temp' ? value : null;
}

/** True when `candidate` is `parent` or lies below it. */
export function isWithin(parent: string, candidate: string): boolean {
  const relative = path.relative(parent, candidate);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

/** Names relative to `dir`, with forward slashes; nothing when the folder is missing. */
function entriesBelow(dir: string, kind: 'file' | 'folder'): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => (kind === 'file' ? entry.isFile() : entry.isDirectory()))
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}
