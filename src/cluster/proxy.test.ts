import { describe, expect, it } from 'vitest'
import { failedWith } from './errors.ts'
import { proxyFor } from './proxy.ts'

const proxy = 'http://proxy.example:3128/'

describe('proxyFor', () => {
  it.each([
    ['nothing is configured', 'https://k8s.example', undefined, {}, undefined],
    [
      'proxy-url of the kubeconfig',
      'https://k8s.example',
      'socks5://127.0.0.1:1080',
      { https_proxy: proxy },
      'socks5://127.0.0.1:1080',
    ],
    ['proxy-url holds for loopback and NO_PROXY too', 'https://127.0.0.1:6443', proxy, { NO_PROXY: '*' }, proxy],
    ['HTTPS_PROXY', 'https://k8s.example', undefined, { HTTPS_PROXY: proxy }, proxy],
    [
      'https_proxy goes first',
      'https://k8s.example',
      undefined,
      { HTTPS_PROXY: 'http://other', https_proxy: proxy },
      proxy,
    ],
    ['HTTP_PROXY is for plain servers', 'https://k8s.example', undefined, { HTTP_PROXY: proxy }, undefined],
    ['a plain server', 'http://k8s.example', undefined, { HTTP_PROXY: proxy }, proxy],
    ['an empty variable is none', 'https://k8s.example', undefined, { HTTPS_PROXY: '' }, undefined],
    ['a proxy without a scheme', 'https://k8s.example', undefined, { HTTPS_PROXY: 'proxy.example:3128' }, proxy],
    ['localhost never', 'https://localhost:6443', undefined, { HTTPS_PROXY: proxy }, undefined],
    ['loopback never', 'https://127.8.8.8:6443', undefined, { HTTPS_PROXY: proxy }, undefined],
    ['IPv6 loopback never', 'https://[::1]:6443', undefined, { HTTPS_PROXY: proxy }, undefined],
  ])('%s', (_, server, proxyUrl, environment, expected) => {
    expect(proxyFor(server, proxyUrl, environment)?.href).toBe(expected)
  })

  it.each([
    ['https://k8s.example.com', 'other.com', true],
    ['https://k8s.example.com', '*', false],
    ['https://k8s.example.com', 'example.com', false],
    ['https://example.com', 'example.com', false],
    ['https://example.com', '.example.com', true],
    ['https://k8s.example.com', '.example.com', false],
    ['https://k8s.example.com', '*.example.com', false],
    ['https://k8s.example.com', 'EXAMPLE.com', false],
    ['https://badexample.com', 'example.com', true],
    ['https://k8s.example.com:6443', 'example.com:6443', false],
    ['https://k8s.example.com', 'example.com:6443', true],
    ['https://k8s.example.com', 'example.com:443', false],
    ['https://10.1.2.3', '10.0.0.0/8', false],
    ['https://11.1.2.3', '10.0.0.0/8', true],
    ['https://10.1.2.3', '10.1.2.3', false],
    ['https://10.1.2.3:6443', '10.1.2.3:443', true],
    ['https://10.1.2.3', '10.1.2.0/99', true],
    ['https://10.1.2.3', '2.3', true],
    ['https://[fd00::1]:6443', 'fd00::/8', false],
    ['https://[fd00::1]:6443', '[fd00::1]:6443', false],
    ['https://[fd00::1]:6443', 'fd00::1', false],
    ['https://[fd00::1]:6443', '10.0.0.0/8', true],
    ['https://k8s.example.com', ' a.com , ,example.com ', false],
    ['https://k8s.example.com', ':443', true],
  ])('%s with NO_PROXY=%s goes through the proxy: %s', (server, noProxy, proxied) => {
    expect(proxyFor(server, undefined, { HTTPS_PROXY: proxy, NO_PROXY: noProxy }) !== undefined).toBe(proxied)
  })

  it.each(['ftp://proxy', 'nonsense', 'https://'])('refuses the proxy-url %s', (proxyUrl) => {
    expect(() => proxyFor('https://k8s.example', proxyUrl, {})).toThrow(
      expect.toSatisfy((error) => failedWith(error, 'invalidKubeconfig') && /proxy-url/.test(error.failure.message)),
    )
  })

  it('names the variable that is no proxy', () => {
    expect(() => proxyFor('https://k8s.example', undefined, { HTTPS_PROXY: 'ftp://proxy' })).toThrow(
      'HTTPS_PROXY is not',
    )
  })
})
