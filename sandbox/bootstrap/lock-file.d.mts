export interface Lock {
  release(): void;
}
export function tryLock(path: string): Lock | undefined;
export function withLock<T>(path: string, onWait: (holder: number | undefined) => void, work: () => Promise<T>): Promise<T>;
export function lockHolder(path: string): number | undefined;
export function isAlive(pid: number): boolean;
