/** One validation problem as ComfyUI's replies carry it. */
export interface ProblemReport {
  type: string;
  message: string;
  details: string;
  extra_info: Record<string, unknown>;
}

export function problem(type: string, message: string, details: string, extra: Record<string, unknown>): ProblemReport {
  return { type, message, details, extra_info: extra };
}
