import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { condition, v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving } from '../../test/unit/run-moving.ts'
import { resources } from '../kube/resources.ts'

/** A world of jobs of one team; `tracked` ones are refused. */
function world(
  names: readonly string[],
  tracked: readonly string[] = [],
  options: FakeClusterOptions = {},
): FakeCluster {
  const objects = names.map((name) => {
    const labels = { team: 'nlp', ...(tracked.includes(name) && { 'argocd.argoproj.io/instance': 'nlp' }) }
    return v1Job(name, { labels })
  })
  const cluster = new FakeCluster({ namespace: 'nlp', objects, ...options })
  startOperators(cluster)
  return cluster
}

const moved = (cluster: FakeCluster) => cluster.all(resources.trainJobs).map(({ metadata }) => metadata.name)

const summary = (stderr: string) =>
  stderr.split('\n').slice(stderr.split('\n').findIndex((line) => / jobs /.test(line)))

describe('cutover of several', () => {
  it.each(['a b', 'job a b', 'pytorchjob a b', 'pytorchjob/a job/b', 'pytorchjob/a b'])(
    '%s: one after another, each with a record of its own',
    async (words) => {
      const cluster = world(['a', 'b', 'c'])
      const ran = await runMoving(`cutover ${words} --yes --observe 0`, cluster)
      expect(ran.stdout.split('\n')).toEqual([
        'nlp/a is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended',
        'nlp/b is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended',
        '',
      ])
      expect(summary(ran.stderr)).toEqual([
        '2 of 2 jobs cut over:',
        '  pytorchjob/a   cut over',
        '  pytorchjob/b   cut over',
        '',
      ])
      expect([ran.code, moved(cluster), cluster.all(resources.configMaps).length]).toEqual([0, ['a', 'b'], 2])
    },
  )

  it.each<[flags: string, code: number, moved: string[], summary: string[], next: string[]]>([
    [
      '',
      1,
      ['a'],
      ['1 of 3 jobs cut over, 1 not begun:', 'cut over', 'NOT cut over (exit 1)', 'not begun'],
      ['Next:', '  kubectl migrate cutover pytorchjob/c --observe 0 --yes'],
    ],
    ['--keep-going', 1, ['a', 'c'], ['2 of 3 jobs cut over:', 'cut over', 'NOT cut over (exit 1)', 'cut over'], []],
  ])('%s ends with the worst exit code', async (flags, code, names, [head, ...words], next) => {
    const cluster = world(['a', 'b', 'c'], ['b'])
    const ran = await runMoving(`cutover job a b c --yes --observe 0 ${flags}`.trim(), cluster)
    expect(ran.stderr).toContain('error: nlp/b is not cut over: Argo CD keeps it as its source says')
    const rows = words.map((word, at) => `  pytorchjob/${'abc'[at]}   ${word}`)
    expect(summary(ran.stderr)).toEqual([head, ...rows, ...next, ''])
    expect([ran.code, moved(cluster)]).toEqual([code, names])
  })

  it('names one command for all that were not begun, with every flag that was typed', async () => {
    const cluster = world(['a', 'b', 'c', 'd'], ['a'])
    const typed = "--timeout 20m --reason of_it's_own --accept pod-host-name --observe 0"
    const connection = { namespace: 'nlp' }
    const ran = await runMoving(`cutover -l team=nlp --yes ${typed}`, cluster, { connection })
    const names = 'pytorchjob/b pytorchjob/c pytorchjob/d -n nlp'
    const flags = "--accept pod-host-name --reason 'of_it'\\''s_own' --timeout 20m --observe 0 --yes"
    expect(summary(ran.stderr).slice(-3)).toEqual(['Next:', `  kubectl migrate cutover ${names} ${flags}`, ''])
  })

  it('says of each that is refused what to type for that one alone', async () => {
    const cluster = world(['a'])
    const text = JSON.stringify(v1Job('b')).replaceAll('"containers":', '"hostname":"x","containers":')
    cluster.put(JSON.parse(text))
    const ran = await runMoving('cutover job a b --yes --observe 0 --keep-going', cluster)
    expect(ran.stderr).toContain('\n       kubectl migrate cutover pytorchjob/b --observe 0 --accept pod-host-name\n')
    expect([ran.code, moved(cluster)]).toEqual([1, ['a']])
  })

  it('says of an MPIJob both ways to let mpirun reach its workers, each to be typed', async () => {
    const cluster = world(['a'])
    cluster.put(v1Job('hvd', { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 } }))
    const ran = await runMoving('cutover job hvd a --yes --observe 0', cluster)
    expect(ran.stderr.split('\n').filter((line) => line.includes('--mpi'))).toEqual([
      '       kubectl migrate cutover mpijob/hvd --observe 0 --mpi exec   (keeps v1’s way, with a ConfigMap and rights for the launcher)',
      '       kubectl migrate cutover mpijob/hvd --observe 0 --mpi ssh   (uses v2’s policy)',
    ])
  })

  it('asks once which release of Trainer this is', async () => {
    const cluster = world(['a', 'b', 'c'])
    await runMoving('cutover a b c --yes --observe 0', cluster)
    expect(cluster.log.filter((line) => line.includes('validatingwebhookconfigurations'))).toHaveLength(1)
  })

  it('looks for all of them before the first is moved', async () => {
    const cluster = world(['a'])
    const ran = await runMoving('cutover a none --yes', cluster)
    expect(ran.stderr).toContain('error: no v1 job called none in namespace nlp')
    expect([ran.code, ran.writes]).toEqual([1, []])
  })

  it('-l takes every job with the labels that has not finished', async () => {
    const cluster = world(['a', 'b'])
    cluster.put(v1Job('other'))
    cluster.put(v1Job('over', { labels: { team: 'nlp' }, conditions: [condition('Succeeded')] }))
    const ran = await runMoving('cutover -l team=nlp --yes --observe 0', cluster)
    expect(ran.stderr).toContain('note: 1 of the selected jobs have finished, and are not run again\n')
    expect([ran.code, moved(cluster)]).toEqual([0, ['a', 'b']])
  })

  it('says that no kind may be read, instead of that nothing is selected', async () => {
    const cluster = world(['a'], [], { forbid: ({ verb }) => verb === 'list' })
    const ran = await runMoving('cutover -l team=nlp --yes', cluster)
    expect(ran.stderr.split('\n')[0]).toBe('error: forbidden: you may not list pytorchjobs in namespace nlp')
    expect([ran.code, ran.writes]).toEqual([3, []])
  })

  it('tells what to type instead of one job twice', async () => {
    expect((await runMoving('cutover a job/a --yes', world(['a']))).stderr).toBe(
      'error: a is named twice\n       kubectl migrate cutover pytorchjob/a --yes\n',
    )
  })

  it.each([
    ['a -l tier!=test --yes --observe 5m', "cutover -n nlp -l 'tier!=test' --observe 5m --yes"],
    ['a b -f my$file --yes --timeout 1h', "cutover -n nlp -f 'my$file' --timeout 1h"],
    ['-l tier!=none,team=none --yes', "list -n nlp -l 'tier!=none,team=none'"],
    ['a job/a --yes --timeout 1h', 'cutover pytorchjob/a -n nlp --timeout 1h --yes'],
  ])('tells what to type instead of %s, with its place and quoted for a shell', async (words, next) => {
    const ran = await runMoving(`cutover ${words}`, world(['a']), { connection: { namespace: 'nlp' } })
    expect(ran.stderr.split('\n')[1]).toBe(`       kubectl migrate ${next}`)
  })

  it('rehearses each in a dry run', async () => {
    const cluster = world(['a', 'b'])
    const ran = await runMoving('cutover -l team=nlp --dry-run=client', cluster)
    expect(ran.stdout.match(/^2\. TrainJob . is made/gm)).toEqual(['2. TrainJob a is made', '2. TrainJob b is made'])
    expect([ran.code, ran.writes, summary(ran.stderr)[0]]).toEqual([0, [], '2 of 2 jobs rehearsed:'])
  })

  it.each([
    ['-l team=nlp', 'error: -l team=nlp moves every job it selects, and needs --yes'],
    ['a -l team=nlp --yes', 'error: -l team=nlp selects jobs: names beside it would say something else'],
    ['-l team=none --yes', 'error: -l team=none selects no v1 job in namespace nlp that is to be moved'],
    ['a a --yes', 'error: a is named twice'],
    ['--yes', 'error: which job? Name one'],
  ])('%s is refused', async (words, said) => {
    const ran = await runMoving(`cutover ${words}`, world(['a']))
    expect([ran.stderr.split('\n')[0], ran.writes]).toEqual([said, []])
    expect(ran.code).toBeGreaterThan(0)
  })
})
