import { describe, expect, test } from "vitest"
import { isPublicAddress } from "./public-address.ts"

describe("an address of the public internet", () => {
  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "168.63.129.15",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
  ])("%s", (address) => expect(isPublicAddress(address)).toBe(true))
})

describe("no address of the public internet", () => {
  test.each([
    ["this network", ["0.0.0.0", "0.255.255.255"]],
    ["private, 10/8", ["10.0.0.0", "10.255.255.255"]],
    ["private, 172.16/12", ["172.16.0.0", "172.31.255.255"]],
    ["private, 192.168/16", ["192.168.0.0", "192.168.255.255"]],
    ["carrier-grade NAT", ["100.64.0.0", "100.127.255.255"]],
    ["loopback", ["127.0.0.1", "127.255.255.255"]],
    ["link-local and the metadata service", ["169.254.0.0", "169.254.169.254", "169.254.255.255"]],
    ["the platform's own", ["168.63.129.16"]],
    ["protocol assignments", ["192.0.0.0", "192.0.0.170"]],
    ["documentation", ["192.0.2.1", "198.51.100.1", "203.0.113.1"]],
    ["6to4 relays", ["192.88.99.1"]],
    ["benchmarks", ["198.18.0.0", "198.19.255.255"]],
    ["multicast", ["224.0.0.1", "239.255.255.255"]],
    ["reserved and broadcast", ["240.0.0.1", "255.255.255.255"]],
    ["IPv6 unspecified and loopback", ["::", "::1"]],
    ["IPv6 link-local, also with a zone", ["fe80::1", "fe80::1%eth0", "febf::1"]],
    ["IPv6 site-local", ["fec0::1"]],
    ["IPv6 unique local", ["fc00::1", "fdff::1"]],
    [
      "IPv4-mapped, in every spelling",
      ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:8.8.8.8", "0:0:0:0:0:ffff:a00:1"],
    ],
    ["IPv4-compatible", ["::127.0.0.1", "::7f00:1"]],
    ["NAT64", ["64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1"]],
    ["Teredo and other protocol assignments", ["2001::1", "2001:10::1", "2001:1ff:ffff::1"]],
    ["IPv6 documentation", ["2001:db8::1", "3fff::1", "3fff:fff::1"]],
    ["6to4", ["2002:7f00:1::", "2002:a00:1::1"]],
    ["discard", ["100::1"]],
    ["IPv6 multicast", ["ff02::1"]],
    ["what is no address", ["", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "1.1.1.1:80", "[::1]"]],
  ])("%s", (_, addresses) => {
    for (const address of addresses) expect([address, isPublicAddress(address)]).toEqual([address, false])
  })
})
