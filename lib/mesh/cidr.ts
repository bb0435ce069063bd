import { BlockList, isIP } from 'node:net';

/** A parsed IP range. */
export interface Cidr {
  readonly text: string;
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Parses `10.4.0.0/14` or `fd00::/48`; nothing if it is no IP range. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const family = match ? isIP(match[1]) : 0;
  const prefix = Number(match?.[2]);
  if (!match || family === 0 || prefix > (family === 4 ? 32 : 128)) return undefined;
  return { text, address: match[1], prefix, family: family === 4 ? 'ipv4' : 'ipv6' };
}

/** Whether two ranges share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  const [wide, narrow] = a.prefix <= b.prefix ? [a, b] : [b, a];
  const block = new BlockList();
  block.addSubnet(wide.address, wide.prefix, wide.family);
  return block.check(narrow.address, narrow.family);
}
