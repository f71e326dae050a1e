import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import type { ComfyControl } from '../../../sandbox/comfyui/control.js';
import { createComfyControl } from '../../../sandbox/comfyui/control.js';
import type { ComfyStandInOptions } from '../../../sandbox/comfyui/stand-in.js';
import { createComfyStandIn } from '../../../sandbox/comfyui/stand-in.js';

export interface Frame {
  type: string;
  data: Record<string, unknown>;
}

export interface Reply {
  status: number;
  text: string;
  json: Record<string, unknown>;
  headers: Headers;
}

export interface GraphNode {
  class_type: string;
  inputs: Record<string, unknown>;
}

export type Graph = Record<string, GraphNode>;

export interface Observer {
  frames: Frame[];
  /** Resolves once the frames so far, or those to come, are as wanted. */
  until(wanted: (frames: Frame[]) => boolean): Promise<void>;
  closed: Promise<number>;
  close(): void;
}

/** A stand-in on a folder of its own and the plainest possible way to talk to it. */
export interface Rig {
  url: string;
  dir: string;
  control: ComfyControl;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  upload(subfolder: string, name: string, bytes: Buffer | string, fields?: Record<string, string>, fileField?: string): Promise<Reply>;
  /** Uploads this many captioned pictures. */
  stage(folder: string, count?: number): Promise<void>;
  submit(graph: Graph, more?: Record<string, unknown>): Promise<string>;
  job(promptId: string): Promise<Reply>;
  /** The job's body once it has ended. */
  ended(promptId: string): Promise<Record<string, unknown>>;
  observe(clientId: string): Promise<Observer>;
  close(): Promise<void>;
}

export async function openRig(options: Partial<ComfyStandInOptions> = {}): Promise<Rig> {
  const dir = options.dir ?? (await mkdtemp(path.join(tmpdir(), 'comfy-stand-in-')));
  const standIn = await createComfyStandIn({ stepMs: 1, ...options, dir });
  const control = createComfyControl(standIn.controlUrl);
  const observers: Observer[] = [];
  const { url } = standIn;

  async function call(method: string, path_: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const content = body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) };
    const response = await fetch(`${url}${path_}`, { method, headers, ...content });
    const text = await response.text();
    return { status: response.status, text, json: parsed(text), headers: response.headers };
  }

  const rig: Rig = {
    url,
    dir,
    control,
    call,
    upload(subfolder, name, bytes, fields = { overwrite: 'true' }, fileField = 'image') {
      const form = new FormData();
      form.append(fileField, new Blob([new Uint8Array(Buffer.from(bytes))]), name);
      for (const [key, value] of Object.entries({ subfolder, ...fields })) form.append(key, value);
      return call('POST', '/upload/image', form);
    },
    async stage(folder, count = 2) {
      for (let index = 0; index < count; index += 1) {
        await rig.upload(folder, `image${index}.png`, await picture(index));
        await rig.upload(folder, `image${index}.txt`, ` caption ${index}\n`);
      }
    },
    async submit(graph, more = {}) {
      const promptId = randomUUID();
      const reply = await call('POST', '/prompt', { prompt: graph, prompt_id: promptId, ...more });
      if (reply.status !== 200) throw new Error(`Expected the graph to be accepted, got ${reply.status}: ${reply.text}`);
      return promptId;
    },
    job: (promptId) => call('GET', `/api/jobs/${promptId}`),
    async ended(promptId) {
      await control.waitForJobs((jobs) => jobs.some((job) => job.promptId === promptId && !['pending', 'running'].includes(job.state)));
      return (await rig.job(promptId)).json;
    },
    async observe(clientId) {
      const observer = await openObserver(`${url.replace('http', 'ws')}/ws?clientId=${clientId}`);
      observers.push(observer);
      return observer;
    },
    async close() {
      for (const observer of observers) observer.close();
      await standIn.stop();
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
  return rig;
}

export async function picture(seed: number): Promise<Buffer> {
  const color = { r: (seed * 53) % 256, g: (seed * 101) % 256, b: 128 };
  return sharp({ create: { width: 64, height: 64, channels: 3, background: color } })
    .png()
    .toBuffer();
}

export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/comfyui/${name}`, import.meta.url), 'utf8'));
}

/** The project's training graph, on this folder and prefix, with these changes to the training node. */
export function trainingGraph(folder: string, prefix: string, changes: Record<string, unknown> = {}): Graph {
  const graph = fixture('train-lora.graph.json') as Graph;
  Object.assign(inputsOf(graph, '2'), { folder });
  Object.assign(inputsOf(graph, '4'), { steps: 5, rank: 4 }, changes);
  Object.assign(inputsOf(graph, '5'), { prefix });
  return graph;
}

export function inputsOf(graph: Graph, nodeId: string): Record<string, unknown> {
  const node = graph[nodeId];
  if (node === undefined) throw new Error(`Expected a node "${nodeId}" in the graph.`);
  return node.inputs;
}

async function openObserver(address: string): Promise<Observer> {
  const socket = new WebSocket(address);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (raw: Buffer) => {
    frames.push(JSON.parse(raw.toString('utf8')) as Frame);
    for (const check of waiting) check();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const observer: Observer = {
    frames,
    closed,
    close: () => {
      socket.close();
    },
    until: (wanted) =>
      new Promise((resolve) => {
        const check = () => {
          if (!wanted(frames)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
  await observer.until((seen) => seen.length > 0);
  return observer;
}

function isRaw(body: unknown): body is string | FormData {
  return typeof body === 'string' || body instanceof FormData;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
