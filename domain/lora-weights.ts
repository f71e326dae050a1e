import type { SafetensorsHeader, Tensor } from './safetensors.js';
import type { ScanResult } from './tensor-scan.js';

/** The two halves that a LoRA adds to one module of its base model: the change is their product. */
interface LoraPair {
  readonly module: string;
  readonly up: Tensor;
  readonly down: Tensor;
}

const HALVES = [
  { up: '.lora_up.weight', down: '.lora_down.weight' },
  { up: '.lora_B.weight', down: '.lora_A.weight' },
] as const;

/** The pairs of a file; a half without its other is left out. */
function loraPairsOf(header: SafetensorsHeader): LoraPair[] {
  const byName = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
  const pairs: LoraPair[] = [];
  for (const up of header.tensors) {
    for (const half of HALVES) {
      if (!up.name.endsWith(half.up)) continue;
      const module = up.name.slice(0, -half.up.length);
      const down = byName.get(`${module}${half.down}`);
      if (down !== undefined) pairs.push({ module, up, down });
    }
  }
  return pairs;
}

/** Why a file is not the LoRA that was ordered, or null when its shape is right. */
export function loraShapeProblem(header: SafetensorsHeader, expectedRank: number): string | null {
  if (header.tensors.length === 0) return 'the file holds no tensor';
  const pairs = loraPairsOf(header);
  if (pairs.length === 0) return `none of the ${header.tensors.length} tensors is a pair of LoRA weights`;
  const wrong = pairs.find(({ up, down }) => up.shape[1] !== expectedRank || down.shape[0] !== expectedRank);
  if (wrong === undefined) return null;
  return `expected rank ${expectedRank}, "${wrong.module}" has ${wrong.down.shape[0] ?? 0} × ${wrong.up.shape[1] ?? 0}`;
}

/**
 * Why a LoRA would do nothing or harm, or null when it has an effect. A change is the product of two halves, and
 * either may have started at zero: it has an effect when at least one module has values in both.
 */
export function effectProblem(header: SafetensorsHeader, scan: ScanResult): 'not-a-number' | 'all-zero' | null {
  if (scan.notNumbers.length > 0) return 'not-a-number';
  const effective = loraPairsOf(header).some(({ up, down }) => scan.nonZero.has(up.name) && scan.nonZero.has(down.name));
  return effective ? null : 'all-zero';
}
