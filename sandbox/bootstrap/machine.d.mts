export function machineProblem(machine: { platform: string; nodeVersion: string }): string | undefined;
