import ipaddr from 'ipaddr.js';
import { Problem } from '../../../../common/problem.ts';

type ParsedAddress = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [ParsedAddress, number];

/** A public address that leads to Azure's metadata server from inside of Azure. */
const azureHost = '168.63.129.16/32';

/** Of IPv6 only global unicast is public, except these ranges. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
const special = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', azureHost].map((range) =>
  ipaddr.parseCIDR(range),
);

const mapped = ipaddr.parseCIDR('::ffff:0:0/96');

const isIn = (address: ParsedAddress, [net, bits]: Cidr): boolean =>
  address.kind() === net.kind() && address.match(net as never, bits as never);

/** Unwraps IPv4-mapped IPv6 addresses. */
const unwrapMapped = (address: ParsedAddress): ParsedAddress =>
  address instanceof ipaddr.IPv6 && isIn(address, mapped) ? address.toIPv4Address() : address;

function isPublic(address: ParsedAddress): boolean {
  if (address.range() !== 'unicast') return false;
  if (special.some((range) => isIn(address, range))) return false;
  return address instanceof ipaddr.IPv4 || isIn(address, globalUnicast);
}

/** The obsolete form `::192.0.2.1`, which the parser mistakes for a mapped address. */
const isCompatible = /^::(?!ffff:)\d+\.[\d.]+$/i;

/** Whether a connection to an address (as the resolver or a URL gives it) may be made. */
export type AllowsAddress = (address: string) => boolean;

function parseRange(text: string): Cidr {
  try {
    return ipaddr.parseCIDR(text);
  } catch (cause) {
    throw new Problem(
      'invalid_param',
      `ALLOWED_PRIVATE_NETWORKS: expected CIDR ranges such as 10.1.0.0/16, got ${JSON.stringify(text)}`,
      { cause },
    );
  }
}

/**
 * Allows public addresses, and those of the given private networks.
 * @throws Problem `invalid_param` for a malformed range.
 */
export function allowedAddresses(privateNetworks: readonly string[]): AllowsAddress {
  const ranges = privateNetworks.map(parseRange);
  return (text) => {
    if (!ipaddr.isValid(text) || isCompatible.test(text)) return false;
    const address = unwrapMapped(ipaddr.parse(text));
    return isPublic(address) || ranges.some((range) => isIn(address, range));
  };
}

/** Names of metadata servers inside of clouds, whatever they resolve to. */
const inner = /^(metadata|metadata\.google\.internal|instance-data(\.ec2\.internal)?)\.?$/i;
export const isInnerName = (host: string): boolean => inner.test(host);
