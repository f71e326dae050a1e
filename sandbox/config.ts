/** The environment as given; everything else in sandbox/ takes values. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
