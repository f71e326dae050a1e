export interface Progress {
  update(detail: string): void;
  /** Ends it and returns how long it took, in ms. */
  done(): number;
}
export function startProgress(title: string, stream?: NodeJS.WritableStream & { isTTY?: boolean }): Progress;
export function elapsed(ms: number): string;
