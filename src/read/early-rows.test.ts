import { describe, expect, it } from 'vitest'
import { runningTrainJob, runningV1 } from '../../test/unit/objects.ts'
import { resources } from '../kube/resources.ts'
import { EarlyRows } from './early-rows.ts'
import { type JobRow, trainJobRow, v1Row } from './rows.ts'

const v1 = (namespace: string, name = 'a') => v1Row(runningV1(name, { namespace })).row
const v2 = (namespace: string, name = 'a') => trainJobRow(runningTrainJob(name, { namespace }), undefined).row
const words = (rows: readonly JobRow[]) => rows.map(({ namespace, kind, name }) => `${namespace}/${kind}/${name}`)
const all = () => true

function both() {
  return new EarlyRows([resources.pytorchJobs, resources.trainJobs])
}

describe('rows before all are read', () => {
  it('are those of namespaces that every list has passed, each once', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, [v1('x'), v1('y', 'a'), v1('y', 'b')])
    expect(rows.take(all)).toEqual([])
    rows.add(resources.trainJobs, [v2('x'), v2('z')])
    expect(words(rows.take(all))).toEqual(['x/PyTorchJob/a', 'x/TrainJob/a'])
    rows.add(resources.pytorchJobs, [v1('y', 'c')])
    expect(rows.take(all)).toEqual([])
    rows.end(resources.pytorchJobs)
    expect(words(rows.take(all))).toEqual(['y/PyTorchJob/a', 'y/PyTorchJob/b', 'y/PyTorchJob/c'])
  })

  it('come in the order of the API server’s keys, where a-b/ is before a/', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, [v1('a-b'), v1('a'), v1('b')])
    rows.end(resources.trainJobs)
    expect(words(rows.take(all))).toEqual(['a-b/PyTorchJob/a', 'a/PyTorchJob/a'])
  })

  it('go as far as somebody takes them', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, [v1('x'), v1('y'), v1('z')])
    rows.end(resources.trainJobs)
    expect(words(rows.take(([row]) => row?.namespace === 'x'))).toEqual(['x/PyTorchJob/a'])
    expect(words(rows.take(all))).toEqual(['y/PyTorchJob/a'])
  })

  it('are none once lists are read in another order', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, [v1('x'), v1('y')])
    rows.end(resources.trainJobs)
    rows.stop()
    expect(rows.take(all)).toEqual([])
  })
})
