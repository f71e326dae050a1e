/** Gives its argument back. */
export function echo(text: string): Promise<string> {
  return Promise.resolve(text);
}
