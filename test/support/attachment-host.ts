import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, request: IncomingMessage, nth: number) => void;

export interface AttachmentHost {
  readonly origin: string;
  /** Serves bytes, or whatever `answer` does, under a new address. */
  serve(fileName: string, answer: Uint8Array | Answer): string;
  /** How often an address was asked for. */
  hits(url: string): number;
  close(): Promise<void>;
}

/** A host of attachments on loopback that behaves as badly as a test needs it. */
export async function openAttachmentHost(): Promise<AttachmentHost> {
  const answers = new Map<string, Answer>();
  const counts = new Map<string, number>();
  let files = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const nth = (counts.get(path) ?? 0) + 1;
    counts.set(path, nth);
    const answer = answers.get(path);
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, request, nth);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    serve(fileName, answer) {
      files += 1;
      const path = `/ephemeral-attachments/1/${files}/${encodeURIComponent(fileName)}?ex=1&hm=secret${files}`;
      answers.set(path, typeof answer === 'function' ? answer : (response) => { response.end(answer); });
      return `${origin}${path}`;
    },
    hits: (url) => counts.get(url.slice(origin.length)) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => { resolve(); });
        server.closeAllConnections();
      }),
  };
}
