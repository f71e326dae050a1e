/**
 * The fields of the unique index that refused a write, or null when `error` is something else.
 * Read from the server's `keyPattern`, never from the message text.
 */
export function duplicateKeyOf(error: unknown): readonly string[] | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== 11000) return null;
  if (!('keyPattern' in error) || typeof error.keyPattern !== 'object' || error.keyPattern === null) return [];
  return Object.keys(error.keyPattern);
}
