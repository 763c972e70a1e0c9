import { describe, expect, it } from 'vitest'
import { formatFieldPath } from '../kube/field-path.ts'
import { Ledger } from './ledger.ts'

const left = (ledger: Ledger) => ledger.unaccounted().map(formatFieldPath)

describe('the ledger of a v1 object', () => {
  const object = {
    kind: 'PyTorchJob',
    metadata: { name: 'train', labels: { 'a.b/c': 'd' } },
    spec: { list: [{ a: 1, b: 2 }, 'x'], map: {}, empty: [], nothing: null, absent: undefined },
    status: { conditions: [] },
  }

  it('holds every leaf, and empty maps and lists for leaves too; no null and no status', () => {
    expect(left(new Ledger(object))).toEqual([
      'kind',
      'metadata.name',
      "metadata.labels['a.b/c']",
      'spec.list[0].a',
      'spec.list[0].b',
      'spec.list[1]',
      'spec.map',
      'spec.empty',
    ])
  })

  it('has nothing left of a subtree that is carried', () => {
    const ledger = new Ledger(object)
    ledger.carry(['spec', 'list', 0])
    ledger.carry(['metadata'])
    expect(left(ledger)).toEqual(['kind', 'spec.list[1]', 'spec.map', 'spec.empty'])
  })

  it('takes no notice of what is not there', () => {
    const ledger = new Ledger({ kind: 'X' })
    ledger.carry(['spec', 'runPolicy', 'suspend'])
    ledger.carry(['kind', 'deeper'])
    ledger.carry([])
    expect(left(ledger)).toEqual(['kind'])
  })

  it('does not call a map a leaf once its members are carried', () => {
    const ledger = new Ledger({ spec: { a: 1 } })
    ledger.carry(['spec', 'a'])
    expect(left(ledger)).toEqual([])
  })

  it('accounts for nothing by a remark', () => {
    const ledger = new Ledger({ spec: { a: 1 } })
    ledger.remark(['spec'], { code: 'mpi-exec', message: 'one' })
    expect(ledger.findings.map(({ path }) => path)).toEqual(['spec'])
    expect(left(ledger)).toEqual(['spec.a'])
  })

  it('keeps findings in their order, each with its path and the class of its code', () => {
    const ledger = new Ledger(object)
    ledger.note(['spec', 'list', 1], { code: 'ttl', message: 'one' })
    ledger.note(['metadata', 'labels', 'a.b/c'], { code: 'tracker-mark', message: 'two', why: 'so' })
    expect(ledger.findings).toEqual([
      { code: 'ttl', class: 'changed', path: 'spec.list[1]', message: 'one' },
      { code: 'tracker-mark', class: 'same', path: "metadata.labels['a.b/c']", message: 'two', why: 'so' },
    ])
    expect(left(ledger)).toEqual([
      'kind',
      'metadata.name',
      'spec.list[0].a',
      'spec.list[0].b',
      'spec.map',
      'spec.empty',
    ])
  })
})
