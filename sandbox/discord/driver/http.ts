/** A file as a person picks it. */
export interface PickedFile {
  filename: string;
  bytes: Uint8Array;
  contentType?: string;
}

/** The stand-in, or the person, said no: the message says why. */
export class DriverError extends Error {
  override name = 'DriverError';
}

export interface ControlClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown, files?: readonly PickedFile[]): Promise<T>;
  delete(path: string): Promise<void>;
}

/** Speaks to the control plane of a running stand-in. */
export function createControlClient(controlUrl: string): ControlClient {
  const request = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(`${controlUrl}/_stand-in${path}`, init);
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (!response.ok) throw new DriverError(messageOf(body) ?? `${path} answered ${response.status}`);
    return body;
  };
  return {
    get: async <T>(path: string) => (await request(path, {})) as T,
    post: async <T>(path: string, body: unknown, files: readonly PickedFile[] = []) =>
      (await request(path, { method: 'POST', body: files.length === 0 ? JSON.stringify(body) : multipart(body, files) })) as T,
    async delete(path) {
      await request(path, { method: 'DELETE' });
    },
  };
}

function multipart(body: unknown, files: readonly PickedFile[]): FormData {
  const form = new FormData();
  form.set('payload_json', JSON.stringify(body));
  files.forEach((file, index) => {
    form.set(`files[${index}]`, new Blob([new Uint8Array(file.bytes)], { type: file.contentType ?? 'application/octet-stream' }), file.filename);
  });
  return form;
}

const messageOf = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string' ? body.error : undefined;
