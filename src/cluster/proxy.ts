import { BlockList, isIP, isIPv6 } from 'node:net'
import { ClusterError } from './errors.ts'

/**
 * The proxy to reach a server through, or undefined: the kubeconfig's proxy-url, else the environment's with Go's rules
 * (golang.org/x/net v0.58.0 http/httpproxy: lower case first, NO_PROXY by domain, address, CIDR and port; never for
 * loopback). Fails with `invalidKubeconfig` for a proxy-url that is none of http, https, socks5.
 */
export function proxyFor(
  server: string,
  proxyUrl: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  if (proxyUrl) {
    const url = URL.canParse(proxyUrl) ? new URL(proxyUrl) : undefined
    if (url?.hostname && supported.has(url.protocol)) return url
    throw new ClusterError({ kind: 'invalidKubeconfig', message: 'proxy-url is not a URL of http, https or socks5' })
  }
  const target = new URL(server)
  const name = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const configured = environment[name] || environment[name.toUpperCase()]
  if (!configured) return undefined
  if (bypasses(target, environment['no_proxy'] || environment['NO_PROXY'] || '')) return undefined
  const url = parseProxy(configured)
  if (url !== undefined && supported.has(url.protocol)) return url
  throw new ClusterError({
    kind: 'invalidKubeconfig',
    message: `${name.toUpperCase()} is not a URL of http, https or socks5`,
  })
}

const supported = new Set(['http:', 'https:', 'socks5:', 'socks5h:'])

function parseProxy(text: string): URL | undefined {
  const candidates = text.includes('://') ? [text] : [`http://${text}`]
  return candidates
    .map((candidate) => (URL.canParse(candidate) ? new URL(candidate) : undefined))
    .find((url) => url?.hostname)
}

function bypasses(target: URL, noProxy: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || isLoopback(host)) return true
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some(
      (entry) => entry === '*' || (isIP(host) ? matchesAddress(entry, host, port) : matchesDomain(entry, host, port)),
    )
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function matchesAddress(entry: string, host: string, port: string): boolean {
  const family = isIPv6(host) ? 'ipv6' : 'ipv4'
  const [network = '', bits] = entry.split('/')
  if (bits !== undefined) {
    if (isIP(network) === 0 || !/^\d+$/.test(bits) || Number(bits) > (isIPv6(network) ? 128 : 32)) return false
    const list = new BlockList()
    list.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4')
    return list.check(host, family)
  }
  const [address, entryPort] = splitPort(entry)
  if (isIP(address) === 0) return false
  const list = new BlockList()
  list.addAddress(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  return list.check(host, family) && (entryPort === undefined || entryPort === port)
}

function matchesDomain(entry: string, host: string, port: string): boolean {
  const [name, entryPort] = splitPort(entry)
  if (name === '' || (entryPort !== undefined && entryPort !== port)) return false
  // `foo.com` is the domain and all below it, `.foo.com` and `*.foo.com` only what is below
  const domain = name.startsWith('*.') ? name.slice(1) : name
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`)
}

function splitPort(entry: string): [host: string, port: string | undefined] {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry)
  if (bracketed) return [bracketed[1] ?? '', bracketed[2]]
  if (isIPv6(entry)) return [entry, undefined]
  const plain = /^(.*):(\d+)$/.exec(entry)
  return plain ? [plain[1] ?? '', plain[2]] : [entry, undefined]
}
