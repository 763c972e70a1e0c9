import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import { nameOf } from './names.ts'

function refusals(kind: string, metadata: Record<string, unknown>): string[] {
  const told: string[] = []
  nameOf({ apiVersion: 'kubeflow.org/v1', kind, metadata } as KubeObject, (path, message) => {
    told.push(`${path} ${message}`)
  })
  return told
}

const label = 'must be a DNS label that starts with a letter (a-z, 0-9, -), at most 63 long'
const dnsName = 'must be a DNS name (a-z, 0-9, - and .), at most 253 long'

describe('names of v1 jobs', () => {
  it.each<[what: string, kind: string, metadata: Record<string, unknown>, refused: string[]]>([
    ['a label', 'TFJob', { name: 'mnist-1' }, []],
    ['a generateName', 'TFJob', { generateName: 'mnist-' }, []],
    ['a generateName without a dash', 'TFJob', { generateName: 'mnist' }, []],
    ['a name beside a generateName: the name is used', 'TFJob', { name: 'mnist', generateName: '../' }, []],
    ['no name', 'TFJob', {}, ['metadata.name is missing']],
    ['a null name', 'TFJob', { name: null }, ['metadata.name is missing']],
    ['a dot', 'TFJob', { name: 'mnist.v1' }, [`metadata.name "mnist.v1" ${label}`]],
    ['a digit first', 'TFJob', { name: '1mnist' }, [`metadata.name "1mnist" ${label}`]],
    ['64 characters', 'TFJob', { name: 'm'.repeat(64) }, [`metadata.name "${'m'.repeat(64)}" ${label}`]],
    ['a way out of a folder', 'TFJob', { name: '../../x' }, [`metadata.name "../../x" ${label}`]],
    ['the same as generateName', 'TFJob', { generateName: '../x-' }, [`metadata.generateName "../x-" ${label}`]],
    ['a dash alone as generateName', 'TFJob', { generateName: '-' }, [`metadata.generateName "-" ${label}`]],
    ['a dot in an MPIJob, which has no webhook', 'MPIJob', { name: 'pi.v1' }, []],
    ['a digit first in an MPIJob', 'MPIJob', { name: '1pi' }, []],
    ['a way out of a folder in an MPIJob', 'MPIJob', { name: '../x' }, [`metadata.name "../x" ${dnsName}`]],
    [
      'a namespace that leads out of a folder',
      'MPIJob',
      { name: 'pi', namespace: '../../etc' },
      ['metadata.namespace "../../etc" is no namespace: a-z, 0-9 and -, at most 63 long'],
    ],
    [
      'a boolean, as YAML 1.1 reads n',
      'TFJob',
      { name: false },
      ['metadata.name is read as the boolean false and must be text: write it in quotes'],
    ],
    [
      'a number',
      'TFJob',
      { name: 12, namespace: 493 },
      [
        'metadata.namespace is read as the number 493 and must be text: write it in quotes',
        'metadata.name is read as the number 12 and must be text: write it in quotes',
      ],
    ],
    [
      'a map',
      'TFJob',
      { generateName: {} },
      ['metadata.generateName is read as a map and must be text: write it in quotes'],
    ],
  ])('%s', (_, kind, metadata, refused) => {
    expect(refusals(kind, metadata)).toEqual(refused)
  })
})
