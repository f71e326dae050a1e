import { readConfig } from './config.js';
import { createComfyStandIn } from './stand-in.js';

const config = readConfig();
const standIn = await createComfyStandIn(config.standIn);

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  void standIn.stop().then(() => process.exit(0));
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (config.watchParent) {
  process.stdin.resume();
  process.stdin.once('end', stop);
  process.stdin.once('close', stop);
}
process.stdout.write(`${JSON.stringify({ level: 30, time: Date.now(), msg: 'ready', ready: true, url: standIn.url })}\n`);
