import type { Hop, HopOptions } from './hop.js';
import { openHttpHop } from './http-hop.js';
import { openMongoHop } from './mongo-hop.js';
import { openTemporalHop } from './temporal-hop.js';

/** Opens a proxy on loopback that knows the calls of its protocol: see `Watch`. MongoDB through it needs `directConnection=true`. */
export function openHop(options: HopOptions): Promise<Hop> {
  switch (options.name) {
    case 'comfyui':
    case 'discord':
    case 'gateway':
      return openHttpHop(options);
    case 'mongodb':
      return openMongoHop(options);
    case 'temporal':
      return openTemporalHop(options);
  }
}
