// Plain Node built-ins only: this runs before any package is installed.
const LEAST_NODE = [20, 19];

/** Why this machine cannot run the project, in one sentence; undefined when it can. */
export function machineProblem({ platform, nodeVersion }) {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  if (platform === 'win32') {
    return 'Trainyard runs on Linux and macOS; on Windows run the same command inside WSL2 (https://learn.microsoft.com/windows/wsl/install).';
  }
  if (platform !== 'linux' && platform !== 'darwin') {
    return `Trainyard runs on Linux and macOS, not on "${platform}".`;
  }
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    return `Trainyard needs Node ${LEAST_NODE.join('.')} or newer and this is ${nodeVersion}: install one from https://nodejs.org.`;
  }
  return undefined;
}
