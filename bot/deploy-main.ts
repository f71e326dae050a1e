import { environment } from './config.js';
import { runDeployment } from './deploy-cli.js';

process.exitCode = await runDeployment(process.argv.slice(2), environment(), {
  out: (lines) => process.stdout.write(`${lines}\n`),
  err: (lines) => process.stderr.write(`${lines}\n`),
});
