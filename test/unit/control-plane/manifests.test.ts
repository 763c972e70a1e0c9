import { describe, expect, it } from 'vitest'
import { pathOf } from '../../cluster/api.ts'
import { forHostProcess, type Manifest } from '../../cluster/manifests.ts'
import { stages } from '../../cluster/stages.ts'

const webhooks = { service: 'hook', namespace: 'system', port: 12345, secret: { 'ca.crt': 'Q0E=' } }

const manifest = (kind: string, name: string, fields: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...fields,
})

const route = { caBundle: 'Q0E=', service: { name: 'hook', namespace: 'system', port: 12345, path: '/check' } }
const shipped = { service: { name: 'hook', namespace: 'system', path: '/check' } }

describe('an operator that runs as a host process', () => {
  it.each([
    [
      'is reached on localhost through its webhook Service',
      manifest('Service', 'hook', { spec: { type: 'ClusterIP', selector: { app: 'x' } } }),
      [manifest('Service', 'hook', { spec: { type: 'ExternalName', externalName: 'localhost' } })],
    ],
    ['keeps its other Services', manifest('Service', 'metrics'), [manifest('Service', 'metrics')]],
    [
      'finds its certificate in its Secret',
      manifest('Secret', 's'),
      [manifest('Secret', 's', { data: webhooks.secret })],
    ],
    [
      'is trusted and dialled at its port by every webhook',
      manifest('ValidatingWebhookConfiguration', 'v', { webhooks: [{ name: 'a', clientConfig: shipped }] }),
      [manifest('ValidatingWebhookConfiguration', 'v', { webhooks: [{ name: 'a', clientConfig: route }] })],
    ],
    [
      'is dialled at its port for conversion',
      manifest('CustomResourceDefinition', 'c', {
        spec: { group: 'g', conversion: { strategy: 'Webhook', webhook: { clientConfig: shipped } } },
      }),
      [
        manifest('CustomResourceDefinition', 'c', {
          spec: { group: 'g', conversion: { strategy: 'Webhook', webhook: { clientConfig: route } } },
        }),
      ],
    ],
    [
      'keeps definitions without conversion',
      manifest('CustomResourceDefinition', 'c', { spec: { group: 'g' } }),
      [manifest('CustomResourceDefinition', 'c', { spec: { group: 'g' } })],
    ],
    ['serves no aggregated API', manifest('APIService', 'v1.x'), []],
  ])('%s', (_, given, expected) => {
    expect(forHostProcess([given], webhooks)).toEqual(expected)
  })
})

describe('the path of an object', () => {
  it.each([
    ['v1', 'Namespace', undefined, '/api/v1/namespaces/x'],
    ['v1', 'Secret', 'a', '/api/v1/namespaces/a/secrets/x'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'a', '/apis/networking.k8s.io/v1/namespaces/a/networkpolicies/x'],
    ['storage.k8s.io/v1', 'StorageClass', undefined, '/apis/storage.k8s.io/v1/storageclasses/x'],
  ])('of %s %s', (apiVersion, kind, namespace, expected) => {
    expect(pathOf({ apiVersion, kind, metadata: { name: 'x', ...(namespace && { namespace }) } })).toBe(expected)
  })
})

describe('the stages of simulated pods', () => {
  const templates = stages().flatMap((stage) => {
    const { metadata, spec } = stage as {
      metadata: { name: string }
      spec: { next?: { statusTemplate?: string } }
    }
    const template = spec.next?.statusTemplate
    return template === undefined ? [] : [[metadata.name, template] as const]
  })

  it.each(templates)('%s: every block of the template is closed', (_, template) => {
    const actions = [...template.matchAll(/\{\{(.*?)\}\}/g)].map(([, action]) => action?.trim().split(/\s/)[0])
    const opened = actions.filter((word) => word === 'if' || word === 'range' || word === 'with')
    const closed = actions.filter((word) => word === 'end')
    expect(opened.length).toBe(closed.length)
  })

  it('have names of their own', () => {
    const names = stages().map((stage) => (stage as { metadata: { name: string } }).metadata.name)
    expect(new Set(names).size).toBe(names.length)
  })
})
