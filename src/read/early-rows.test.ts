import { describe, expect, it } from 'vitest'
import { runningTrainJob, runningV1 } from '../../test/unit/objects.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { EarlyRows } from './early-rows.ts'
import { type JobRow, trainJobRow, v1Row } from './rows.ts'

const v1 = (namespace: string, name = 'a') => v1Row(runningV1(name, { namespace })).row
const v2 = (namespace: string, name = 'a') => trainJobRow(runningTrainJob(name, { namespace }), undefined).row
const words = (rows: readonly JobRow[]) => rows.map(({ namespace, kind, name }) => `${namespace}/${kind}/${name}`)
const all = () => true

function long(...of: Resource[]) {
  const rows = new EarlyRows(of)
  rows.long()
  return rows
}

function both() {
  return long(resources.pytorchJobs, resources.trainJobs)
}

describe('rows before all are read', () => {
  it('are those of namespaces that every list has passed, each once', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, v1('x'), v1('y', 'a'), v1('y', 'b'))
    expect(rows.take(all)).toEqual([])
    rows.add(resources.trainJobs, v2('x'), v2('z'))
    expect(words(rows.take(all))).toEqual(['x/PyTorchJob/a', 'x/TrainJob/a'])
    rows.add(resources.pytorchJobs, v1('y', 'c'))
    expect(rows.take(all)).toEqual([])
    rows.end(resources.pytorchJobs)
    expect(words(rows.take(all))).toEqual(['y/PyTorchJob/a', 'y/PyTorchJob/b', 'y/PyTorchJob/c'])
  })

  it('come in the order of the API server’s keys, where a-b/ is before a/', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, v1('a-b'), v1('a'), v1('b'))
    rows.end(resources.trainJobs)
    expect(words(rows.take(all))).toEqual(['a-b/PyTorchJob/a', 'a/PyTorchJob/a'])
  })

  it('go as far as somebody takes them', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, v1('x'), v1('y'), v1('z'))
    rows.end(resources.trainJobs)
    expect(words(rows.take(([row]) => row?.namespace === 'x'))).toEqual(['x/PyTorchJob/a'])
    expect(words(rows.take(all))).toEqual(['y/PyTorchJob/a'])
  })

  it('are none once lists are read in another order', () => {
    const rows = both()
    rows.add(resources.pytorchJobs, v1('x'), v1('y'))
    rows.end(resources.trainJobs)
    rows.stop()
    expect(rows.take(all)).toEqual([])
  })

  const tf = (name: string) => v1Row(runningV1(name, { namespace: 'x', kind: 'TFJob' })).row
  const of = (name: string, source?: string) => {
    const row = v2('x', name)
    return source === undefined ? row : { ...row, source: { kind: 'PyTorchJob' as const, name: source } }
  }

  it.each<[string, JobRow[], JobRow[], JobRow[], string[]]>([
    ['up to where every list is', [v1('x', 'a'), v1('x', 'c')], [of('a'), of('b')], [], ['a', 'a', 'b']],
    ['without what a later TrainJob was made of', [v1('x', 'a'), v1('x', 'b')], [of('a')], [of('z', 'a')], []],
    ['up to a twin’s job', [v1('x', 'a'), v1('x', 'b'), v1('x', 'c')], [of('b')], [of('b-v2')], ['a']],
    ['up to a TrainJob of a later job', [v1('x', 'a'), v1('x', 'd')], [of('b', 'd'), of('c', 'a')], [], ['a', 'c']],
    ['with a TrainJob of an earlier job', [v1('x', 'a'), v1('x', 'd')], [of('b', 'a'), of('c')], [], ['a', 'b', 'c']],
  ])('are the first of a namespace that is not whole %s', (_, jobs, trainJobs, later, names) => {
    const rows = both()
    rows.add(resources.pytorchJobs, ...jobs)
    rows.add(resources.trainJobs, ...trainJobs)
    expect(rows.take(all)).toEqual([])
    expect([rows.leading, rows.current]).toEqual(['x', 'x'])
    const taken = rows.takeFirst([...trainJobs, ...later])
    expect(taken.map(({ name }) => name).sort()).toEqual(names)
    expect(rows.takeFirst([...trainJobs, ...later])).toEqual([])
  })

  it('are the rest of that namespace once it is whole', () => {
    const rows = long(resources.pytorchJobs, resources.tfJobs, resources.trainJobs)
    rows.add(resources.pytorchJobs, v1('x', 'a'), v1('x', 'b'))
    rows.add(resources.tfJobs, tf('a'))
    rows.end(resources.tfJobs)
    rows.add(resources.trainJobs, of('a'), of('b'))
    expect(words(rows.takeFirst([of('a'), of('b')]))).toHaveLength(5)
    rows.add(resources.pytorchJobs, v1('x', 'c'), v1('y'))
    rows.end(resources.trainJobs)
    expect(words(rows.take(all))).toEqual(['x/PyTorchJob/c'])
  })

  it('are none where no list is long: what there is comes at once, as one table', () => {
    const rows = new EarlyRows([resources.pytorchJobs, resources.trainJobs])
    rows.add(resources.pytorchJobs, v1('x'), v1('y'))
    rows.add(resources.trainJobs, v2('x'), v2('y'))
    expect([rows.take(all), rows.takeFirst([]), rows.current, rows.leading]).toEqual([[], [], undefined, undefined])
  })

  it('have begun when every list has rows or none, and are none once all are read', async () => {
    const rows = both()
    let begun = false
    void rows.begun.then(() => {
      begun = true
    })
    rows.add(resources.pytorchJobs, v1('x'))
    await Promise.resolve()
    expect([rows.leading, rows.current]).toEqual(['x', undefined])
    expect(begun).toBe(false)
    rows.end(resources.trainJobs)
    await rows.begun
    expect(begun).toBe(true)
    rows.end(resources.pytorchJobs)
    expect([rows.take(all), rows.takeFirst([]), rows.current, rows.leading]).toEqual([[], [], undefined, undefined])
  })
})
