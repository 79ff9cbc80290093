import { BlockList, isIP } from "node:net"

/** What of IPv4 is not for everybody: the IANA special-purpose registry, multicast, reserved, and Azure's own services. */
const NOT_PUBLIC_4: readonly [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  // The platform's virtual address in every virtual network (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
  ["168.63.129.16", 32],
]

/**
 * Of the global unicast addresses of IPv6, what leads elsewhere: into IPv4 by Teredo and 6to4, to documentation, to other
 * protocols. Everything outside 2000::/3 (loopback, link-local, unique local, mapped and translated IPv4, multicast) is not
 * public at all.
 */
const NOT_PUBLIC_6: readonly [network: string, prefix: number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]

const notPublic = new BlockList()
for (const [network, prefix] of NOT_PUBLIC_4) notPublic.addSubnet(network, prefix, "ipv4")
for (const [network, prefix] of NOT_PUBLIC_6) notPublic.addSubnet(network, prefix, "ipv6")
const global6 = new BlockList()
global6.addSubnet("2000::", 3, "ipv6")

/** Whether an IP address is one of the public internet; anything that is no address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !notPublic.check(address, "ipv4")
  // An address with a zone is of a link.
  if (isIP(address) !== 6 || address.includes("%")) return false
  return global6.check(address, "ipv6") && !notPublic.check(address, "ipv6")
}
