import { describe, expect, it } from 'vitest'
import { servedAs } from '../served.ts'
import { atomFor } from './tracked.ts'
import { typeFault } from './typed-check.ts'

const service = (ports: readonly unknown[]) => ({ kind: 'Service', spec: { ports } })

describe('what cannot be merged by its schema', () => {
  it.each<[what: string, resource: string, object: object, fault: string | undefined]>([
    ['nothing', 'services', service([{ port: 80 }, { port: 80, protocol: 'UDP' }]), undefined],
    ['a field nobody knows', 'services', { spec: { x: 1 } }, '.spec.x: field not declared in schema'],
    [
      'text that is a number',
      'configmaps',
      { data: { a: 1 } },
      '.data.a: expected string, got &value.valueUnstructured{Value:1}',
    ],
    [
      'a number that is text',
      'services',
      service([{ port: 'x' }]),
      '.spec.ports[port="x",protocol="TCP"].port: expected numeric (int or float), got string',
    ],
    ['a boolean that is text', 'configmaps', { immutable: 'yes' }, '.immutable: expected boolean, got &{yes}'],
    ['a map that is a list', 'configmaps', { data: [1, 'a'] }, '.data: expected map, got &{[1 a]}'],
    ['a list that is a map', 'services', { spec: { ports: { a: 1 } } }, '.spec.ports: expected list, got &{map[a:1]}'],
    [
      'two items with one key',
      'services',
      service([{ port: 80 }, { port: 80 }]),
      '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
    ],
    [
      'an item without its key, and more',
      'pytorchjobs.kubeflow.org',
      {
        spec: {
          pytorchReplicaSpecs: { Worker: { template: { spec: { containers: [{ image: 'x' }], hostNetwork: 1 } } } },
        },
      },
      'errors:\n  .spec.pytorchReplicaSpecs.Worker.template.spec.containers: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)\n  .spec.pytorchReplicaSpecs.Worker.template.spec.hostNetwork: expected boolean, got &{1}',
    ],
  ])('%s', (_, resource, object, fault) => {
    expect(typeFault(atomFor(servedAs(resource)), object)).toBe(fault)
  })
})
