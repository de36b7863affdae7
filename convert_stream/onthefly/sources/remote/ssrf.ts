import ipaddr from 'ipaddr.js';
import { Problem } from '../../../../common/problem.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** A public address that is Azure's metadata server to every machine inside. */
const azureHost = '168.63.129.16/32';

/** Of IPv6 only global unicast is outside; these parts of it are not. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
const special = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', azureHost].map((range) =>
  ipaddr.parseCIDR(range),
);

const mapped = ipaddr.parseCIDR('::ffff:0:0/96');

const isIn = (address: Address, [net, bits]: Range): boolean =>
  address.kind() === net.kind() && address.match(net as never, bits as never);

/** IPv4 written as IPv6 is the IPv4 address it stands for. */
const plain = (address: Address): Address =>
  address instanceof ipaddr.IPv6 && isIn(address, mapped) ? address.toIPv4Address() : address;

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (special.some((range) => isIn(address, range))) return false;
  return address instanceof ipaddr.IPv4 || isIn(address, globalUnicast);
}

/** `::192.0.2.1`, long out of use, which the parser takes for a mapped address. */
const isCompatible = /^::(?!ffff:)\d+\.[\d.]+$/i;

/** Whether a connection to an address (as the resolver or a URL gives it) may be made. */
export type AllowsAddress = (address: string) => boolean;

function rangeOf(text: string): Range {
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
 * Public addresses, and those of the private networks that are allowed by name.
 * @throws Problem `invalid_param` for a range that is none.
 */
export function allowedAddresses(privateNetworks: readonly string[]): AllowsAddress {
  const ranges = privateNetworks.map(rangeOf);
  return (text) => {
    if (!ipaddr.isValid(text) || isCompatible.test(text)) return false;
    const address = plain(ipaddr.parse(text));
    return isPublic(address) || ranges.some((range) => isIn(address, range));
  };
}

/** Names that only mean something inside a cloud, whatever they resolve to. */
const inner = /^(metadata|metadata\.google\.internal|instance-data(\.ec2\.internal)?)\.?$/i;
export const isInnerName = (host: string): boolean => inner.test(host);
