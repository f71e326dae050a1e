import { tsImport } from 'tsx/esm/api';

// Jest loads this file outside its own transform, so the TypeScript behind it is loaded by tsx.
export default async function globalSetup() {
  if (!`${process.env.NODE_OPTIONS} ${process.execArgv.join(' ')}`.includes('--experimental-vm-modules')) {
    throw new Error('Run one test file by `npm test -- path/to/file`, or set NODE_OPTIONS=--experimental-vm-modules for jest.');
  }
  const { startTestServers } = await tsImport('./test-servers.ts', import.meta.url);
  globalThis.stopTestServers = await startTestServers();
}
