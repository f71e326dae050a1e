/** The code of a system error such as `ENOENT`. Told by its shape: an error of another realm (tests have one) is no `Error` here. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
