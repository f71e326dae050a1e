const COLOURS = [36, 33, 35, 32, 34, 31] as const;
const LABEL_WIDTH = 8;

/** Writes the parts' lines under one another, each with its part's name before it, coloured only for a person's eyes. */
export function createTerminal(stream: NodeJS.WriteStream, noColour: boolean): { line(label: string, text: string): void; say(text: string): void } {
  const colourOf = new Map<string, number>();
  const paint = (label: string, text: string): string => {
    if (!stream.isTTY || noColour) return text;
    const colour = colourOf.get(label) ?? COLOURS[colourOf.size % COLOURS.length] ?? 0;
    colourOf.set(label, colour);
    return `\x1b[${colour}m${text}\x1b[0m`;
  };
  return {
    line: (label, text) => {
      stream.write(`${paint(label, `${label.padEnd(LABEL_WIDTH)} |`)} ${text}\n`);
    },
    say: (text) => {
      stream.write(`${text}\n`);
    },
  };
}
