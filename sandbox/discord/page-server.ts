import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import type { FastifyInstance, FastifyReply } from 'fastify';

const ENTRY = fileURLToPath(new URL('./page/main.tsx', import.meta.url));
/** Everything comes from here and nothing goes elsewhere. Styles set by script go through the CSSOM, which this allows. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Try Trainyard</title>
<link rel="icon" href="/try-it/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/try-it/main.css">
<script type="module" src="/try-it/main.js"></script>
</head>
<body><noscript>This page needs JavaScript.</noscript><div id="app"></div></body>
</html>
`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0f766e"/><path d="M8 22V11m8 11V7m8 15V14" stroke="#fff" stroke-width="4" stroke-linecap="round"/></svg>`;

interface Bundle {
  script: string;
  styles: string;
}

/** Serves the try-it page at `/`. It is bundled in memory when it is first asked for. */
export function servePage(app: FastifyInstance): void {
  let bundle: Promise<Bundle> | undefined;
  const bundled = (): Promise<Bundle> => (bundle ??= bundlePage());
  const send = (reply: FastifyReply, type: string, text: string): FastifyReply =>
    reply
      .type(`${type}; charset=utf-8`)
      .headers({ 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache' })
      .send(text);

  app.get('/', (_request, reply) => send(reply, 'text/html', HTML));
  app.get('/try-it/icon.svg', (_request, reply) => send(reply, 'image/svg+xml', ICON));
  app.get('/try-it/main.js', async (_request, reply) => send(reply, 'text/javascript', (await bundled()).script));
  app.get('/try-it/main.css', async (_request, reply) => send(reply, 'text/css', (await bundled()).styles));
}

async function bundlePage(): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    outdir: '/try-it',
    format: 'esm',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  // The page is bundled once; the bundler's process need not stay.
  await stop();
  const textOf = (ending: string): string => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  return { script: textOf('.js'), styles: textOf('.css') };
}
