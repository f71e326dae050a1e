export interface TableRow {
  readonly name: string;
  readonly value: string;
  readonly target?: string;
  /** Absent where there is no target. */
  readonly isMet?: boolean;
  readonly note?: string;
}

/** Columns as wide as what stands in them; `✓` and `✗` say whether a target is met. */
export function tableOf(rows: readonly TableRow[]): string {
  const cells = rows.map(({ name, value, target, isMet, note }) => [name, value, target ?? '', isMet === undefined ? ' ' : isMet ? '✓' : '✗', note ?? '']);
  const all = [['measured', 'value', 'target', ' ', ''], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
