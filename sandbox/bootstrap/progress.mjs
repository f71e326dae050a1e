// Plain Node built-ins only: this runs before any package is installed.
const REDRAW_MS = 500;
const REPEAT_MS = 15_000;

/**
 * Shows that a long step is alive: one line rewritten in place on a terminal, a line every 15 s elsewhere.
 * `detail` may be updated while it runs. Everything goes to stderr: stdout belongs to the command's own output.
 */
export function startProgress(title, stream = process.stderr) {
  const startedAt = Date.now();
  const live = stream.isTTY === true;
  let detail = '';
  const text = () => `  ${title}: ${elapsed(Date.now() - startedAt)}${detail === '' ? '' : ` · ${detail}`}`;
  const draw = () => stream.write(live ? `\r\x1b[2K${text()}` : `${text()}\n`);
  const timer = setInterval(draw, live ? REDRAW_MS : REPEAT_MS);
  timer.unref();
  if (live) draw();
  return {
    update(newDetail) {
      detail = newDetail;
    },
    done() {
      clearInterval(timer);
      if (live) stream.write('\r\x1b[2K');
      return Date.now() - startedAt;
    },
  };
}

export function elapsed(ms) {
  const seconds = Math.floor(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
