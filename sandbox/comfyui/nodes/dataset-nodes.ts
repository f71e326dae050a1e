import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { StagedImage } from '../ground-truth.js';
import { PythonError } from '../running-job.js';
import type { EncodedDataset, NodeResult, NodeRun } from './node-run.js';
import { textInput } from './node-run.js';

const IMAGE_EXTENSIONS = ['.png', '.jpg', '.jpeg', '.webp'];
const ENCODE_MS_PER_IMAGE = 2;

/** Reads pictures and captions of one input folder; a bad picture fails here, at run time. */
export async function loadImageTextFolder(run: NodeRun): Promise<NodeResult> {
  const images = await readFolder(run, true);
  return { outputs: [images, images.map((image) => image.caption)] };
}

export async function loadImageFolder(run: NodeRun): Promise<NodeResult> {
  return { outputs: [await readFolder(run, false)] };
}

/** Encodes without any progress of its own, which on a large dataset is minutes of silence. */
export async function makeTrainingDataset(run: NodeRun): Promise<NodeResult> {
  const images = run.inputs['images'] as StagedImage[];
  const texts = (run.inputs['texts'] ?? ['']) as string[];
  if (texts.length !== 1 && texts.length !== images.length) {
    const message = `Number of texts (${texts.length}) does not match number of images (${images.length}).`;
    throw new PythonError('ValueError', message);
  }
  const behaviour = run.job.scenario?.behaviour;
  await run.job.rest(behaviour?.kind === 'silent-encode' ? behaviour.ms : ENCODE_MS_PER_IMAGE * images.length);
  const captioned = images.map((image, index) => ({ ...image, caption: texts.length === 1 ? (texts[0] ?? '') : (texts[index] ?? '') }));
  const dataset: EncodedDataset = { images: captioned };
  return { outputs: [dataset, captioned.map((image) => image.caption)] };
}

export function resolutionBucket(run: NodeRun): Promise<NodeResult> {
  return Promise.resolve({ outputs: [run.inputs['latents'], run.inputs['conditioning']] });
}

async function readFolder(run: NodeRun, withCaptions: boolean): Promise<StagedImage[]> {
  const folder = path.join(run.folders.pathOf('input'), textInput(run, 'folder'));
  const files = imageFiles(folder);
  if (files.length === 0) throw new PythonError('ValueError', 'No valid images found in input');
  const images: StagedImage[] = [];
  for (const file of files) {
    const image = await readImage(file);
    images.push({ ...image, name: path.relative(folder, file), caption: withCaptions ? await captionOf(file) : '' });
    await run.job.rest(0);
  }
  return images;
}

/** Pictures of the folder and of its sub-folders, one level down; a sub-folder named `5_name` counts five times. */
function imageFiles(folder: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder)) {
    const full = path.join(folder, entry);
    if (isImage(entry)) {
      files.push(full);
    } else if (statSync(full).isDirectory()) {
      const inside = readdirSync(full)
        .filter(isImage)
        .map((name) => path.join(full, name));
      const prefix = entry.split('_')[0] ?? '';
      const repeats = /^\d+$/.test(prefix) ? Number(prefix) : 1;
      for (let time = 0; time < repeats; time += 1) files.push(...inside);
    }
  }
  return files;
}

function isImage(name: string): boolean {
  return IMAGE_EXTENSIONS.some((extension) => name.toLowerCase().endsWith(extension));
}

/** The extension is replaced wherever it stands in the path, as ComfyUI does; a missing caption is empty. */
async function captionOf(file: string): Promise<string> {
  const captionFile = file.replaceAll(path.extname(file), '.txt');
  return existsSync(captionFile) ? (await readFile(captionFile, 'utf8')).trim() : '';
}

async function readImage(file: string): Promise<Omit<StagedImage, 'name' | 'caption'>> {
  const bytes = await readFile(file);
  let size;
  try {
    size = await sharp(bytes).metadata();
  } catch (error) {
    throw new PythonError('PIL.UnidentifiedImageError', `cannot identify image file '${file}'`, error);
  }
  try {
    await sharp(bytes, { failOn: 'truncated' }).resize(8, 8, { fit: 'fill' }).raw().toBuffer();
  } catch (error) {
    throw new PythonError('OSError', 'image file is truncated (0 bytes not processed)', error);
  }
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    widthPx: size.width,
    heightPx: size.height,
  };
}
