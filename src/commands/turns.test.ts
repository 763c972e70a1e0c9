import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { type OperatorsOptions, startOperators } from '../../test/unit/operators.ts'
import { runMoving } from '../../test/unit/run-moving.ts'
import { resources } from '../kube/resources.ts'
import { moveEventSchema } from '../present/move-event.ts'

function world({ fate, ...options }: FakeClusterOptions & OperatorsOptions = {}): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')], ...options })
  startOperators(cluster, { fate })
  return cluster
}

/** `MigrationHeld PyTorchJob: 3 pods gone, v1 kept suspended`, in order. */
function told({ announced }: FakeCluster): string[] {
  return announced.map(({ reason, regarding, note }) => `${reason} ${(regarding as { kind: string }).kind}: ${note}`)
}

const cutover = 'cutover job bert --yes'
const fails: OperatorsOptions['fate'] = ({ role }) => (role === 'node' ? { phase: 'Failed' } : undefined)

describe('Events on both jobs', () => {
  const held = ['PyTorchJob', 'TrainJob'].map((kind) => `MigrationHeld ${kind}: 3 pods gone, v1 kept suspended`)

  it('tell each turn of a cutover and of a rollback', async () => {
    const cluster = world()
    expect((await runMoving(cutover, cluster)).code).toBe(0)
    expect((await runMoving('rollback job bert --yes', cluster)).code).toBe(0)
    const runs = '3 of 3 pods run, equal to the proof'
    const back = 'nlp/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running'
    expect(told(cluster)).toEqual([
      ...held,
      `MigrationStarted PyTorchJob: ${runs}`,
      `MigrationStarted TrainJob: ${runs}`,
      `MigrationDone PyTorchJob: nlp/bert is cut over: ${runs}; v1 is kept suspended`,
      `MigrationDone TrainJob: nlp/bert is cut over: ${runs}; v1 is kept suspended`,
      `MigrationRolledBack PyTorchJob: ${back}`,
      `MigrationRolledBack TrainJob: ${back}`,
    ])
  })

  it('tell why a cutover came back', async () => {
    const cluster = world({ fate: fails })
    expect((await runMoving(cutover, cluster)).code).toBe(5)
    expect(told(cluster)).toEqual([
      ...held,
      expect.stringMatching(/^MigrationRolledBack PyTorchJob: nlp\/bert was NOT cut over: rank 0 .* failed/),
      expect.stringMatching(/^MigrationRolledBack TrainJob: /),
    ])
  })

  it('tell no hold and no start of a run that finds them done', async () => {
    const cluster = world()
    await runMoving(cutover, cluster)
    await runMoving(cutover, cluster)
    expect(told(cluster).filter((event) => /Held|Started/.test(event))).toHaveLength(4)
  })

  it('stop nothing where they may not be written, which is said once', async () => {
    const cluster = world({ forbid: ({ resource }) => resource === 'events.events.k8s.io' })
    const { code, stderr } = await runMoving(cutover, cluster)
    expect(stderr.match(/note: no Event tells .*/g)).toEqual([
      'note: no Event tells of this on the jobs: you may not create events.events.k8s.io',
    ])
    expect([code, told(cluster)]).toEqual([0, []])
  })
})

it('a cluster without that API is told in words', async () => {
  const { stderr } = await runMoving(cutover, world({ absent: [resources.newEvents] }))
  expect(stderr.match(/note: no Event tells .*/g)).toEqual([expect.not.stringContaining('{')])
})

describe('-o json', () => {
  /** Each is as its schema says, and names the job. */
  const events = (stdout: string) => {
    const all = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(all.flatMap((event) => faultsOf(moveEventSchema, event))).toEqual([])
    const job = { kind: 'PyTorchJob', namespace: 'nlp', name: 'bert' }
    expect(all.map((event) => event['job'])).toEqual(all.map(() => job))
    return all
  }

  it('gives each step as it goes and the end, an event a line, and nothing else', async () => {
    const { code, stdout } = await runMoving(`${cutover} -o json`, world())
    const all = events(stdout)
    const steps = ['runtime', 'train-job', 'preview', 'hold', 'start', 'observe']
    expect(all.filter(({ type }) => type === 'done').map(({ step }) => step)).toEqual(steps)
    expect(all.filter(({ type }) => type === 'started').map(({ step }) => step)).toEqual(steps)
    expect(all.filter(({ type }) => type === 'note')).toHaveLength(1)
    expect(all.at(-1)).toMatchObject({
      apiVersion: 'kubectl-migrate.dev/v1',
      kind: 'MoveEvent',
      type: 'result',
      says: 'nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended',
      exit: code,
    })
  })

  it('tells the way back, and why', async () => {
    const { stdout } = await runMoving(`${cutover} -o json`, world({ fate: fails }))
    const all = events(stdout)
    expect(all.filter(({ undoing, type }) => undoing && type === 'done').map(({ title }) => title)).toEqual([
      'remove v2',
      'resume v1',
    ])
    expect(all.find(({ type }) => type === 'failed')).toMatchObject({ step: 'start', why: 'failed' })
    expect(all.at(-1)).toMatchObject({ type: 'result', exit: 5 })
  })

  it('gives the writes of a dry run', async () => {
    const { code, stdout } = await runMoving('cutover job bert --dry-run -o json', world())
    expect(events(stdout).map(({ type, step, says }) => `${type} ${step} ${says}`)).toEqual([
      expect.stringMatching(/^planned runtime create trainingruntimes/),
      'planned train-job create trainjobs.trainer.kubeflow.org nlp/bert',
      'planned hold patch pytorchjobs.kubeflow.org nlp/bert',
      'planned start patch trainjobs.trainer.kubeflow.org nlp/bert',
    ])
    expect(code).toBe(0)
  })

  it('is what a rollback tells as well', async () => {
    const cluster = world()
    const nothing = await runMoving('rollback job bert --yes -o json', cluster)
    expect(events(nothing.stdout)).toMatchObject([{ type: 'result', exit: 0 }])
    await runMoving(cutover, cluster)
    const { stdout } = await runMoving('rollback job bert --yes -o json', cluster)
    expect(events(stdout).at(-1)).toMatchObject({ type: 'result', exit: 0 })
  })
})
