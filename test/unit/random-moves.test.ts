import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import { type Resource, resources } from '../../src/kube/resources.ts'
import { FakeCluster } from './fake-cluster.ts'
import { v1Job } from './objects.ts'
import { startOperators } from './operators.ts'
import { runMoving, standing } from './run-moving.ts'

const seed = Number(process.env['MIGRATE_TEST_SEED'] ?? Date.now() % 2 ** 31)

const words = {
  start: 'start job bert --yes --observe 0',
  cutover: 'cutover job bert --yes --observe 0',
  'keep name': 'cutover job bert --yes --observe 0 --keep-name',
  overlap: 'cutover job bert --yes --observe 0 --overlap',
  rollback: 'rollback job bert --yes',
  rerun: 'rollback job bert --yes --rerun',
  finalize: 'finalize job bert --yes --even-if-unproven',
}

type Command = keyof typeof words

const changes = [
  'v1 finishes',
  'v2 finishes',
  'twin finishes',
  'delete TrainJob',
  'delete twin',
  'delete record',
  'truncate record',
  'delete runtime',
  'edit v1',
  'edit TrainJob',
  'suspend v1',
  'suspend TrainJob',
  'delete v1',
  'recreate v1',
  'forget',
] as const

/** What a person, a crash or somebody else does to a job. */
type Move =
  | {
      readonly does: Command
      readonly killed?: { write: number; when: 'before' | 'after' }
    }
  | { readonly does: (typeof changes)[number] }

const killed = fc.option(
  fc.record({ write: fc.integer({ min: 1, max: 18 }), when: fc.constantFrom('before' as const, 'after' as const) }),
  { nil: undefined },
)
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constantFrom('cutover' as const, 'rollback' as const), killed }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('start' as const), killed }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('rerun' as const), killed }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('finalize' as const), killed }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('keep name' as const, 'overlap' as const), killed }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom(...changes) }) },
)

class World {
  readonly cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  /** the training has finished, on either side; only --rerun may run it again */
  finished = false
  /** v2 beside v1 was asked for, until v1 is stopped */
  beside = false
  readonly faults: string[] = []
  /** pods of the other side that ran when one had finished, where both were to run */
  readonly #ranOn = new Set<string | undefined>()

  constructor() {
    startOperators(this.cluster)
    this.cluster.onChange(({ resource }) => {
      if (resource === resources.pods) this.#look()
    })
  }

  async do(step: Move): Promise<void> {
    const { cluster } = this
    switch (step.does) {
      case 'start':
      case 'cutover':
      case 'keep name':
      case 'overlap':
      case 'rollback':
      case 'rerun':
      case 'finalize': {
        if (step.does === 'rerun') this.finished = false
        this.beside ||= step.does === 'overlap' || step.does === 'keep name'
        const ran = await runMoving(words[step.does], cluster, { killed: step.killed })
        // every state has a next command, and every refusal names one
        if (ran.code !== 0 && ran.code !== 137 && !/kubectl|wait until|again/.test(ran.stderr)) {
          this.faults.push(`${step.does} ended with ${ran.code} and no way on: ${ran.stderr}`)
        }
        break
      }
      case 'v1 finishes':
        this.#finish(resources.pytorchJobs, 'training.kubeflow.org/job-name', 'Succeeded')
        break
      case 'v2 finishes':
        this.#finish(resources.trainJobs, 'jobset.sigs.k8s.io/jobset-name', 'Complete')
        break
      case 'twin finishes':
        this.#finish(resources.trainJobs, 'jobset.sigs.k8s.io/jobset-name', 'Complete', 'bert-v2')
        break
      case 'delete TrainJob':
        cluster.remove(resources.trainJobs, 'nlp', 'bert')
        break
      case 'delete twin':
        cluster.remove(resources.trainJobs, 'nlp', 'bert-v2')
        break
      case 'delete runtime':
        for (const { metadata } of cluster.all(resources.trainingRuntimes))
          cluster.remove(resources.trainingRuntimes, 'nlp', metadata.name ?? '')
        break
      case 'edit v1':
        this.#edit(resources.pytorchJobs, (spec) => ({
          ...spec,
          runPolicy: { ...Object(spec['runPolicy']), backoffLimit: 7 },
        }))
        break
      case 'edit TrainJob':
        this.#edit(resources.trainJobs, (spec) => ({
          ...spec,
          trainer: { ...Object(spec['trainer']), image: 'other:1' },
        }))
        break
      case 'suspend v1':
        this.#edit(resources.pytorchJobs, (spec) => ({
          ...spec,
          runPolicy: { ...Object(spec['runPolicy']), suspend: true },
        }))
        break
      case 'suspend TrainJob':
        this.#edit(resources.trainJobs, (spec) => ({ ...spec, suspend: true }))
        break
      case 'truncate record':
        for (const record of cluster.all(resources.configMaps)) {
          if (record.metadata.name?.startsWith('migration-')) cluster.put({ ...record, data: { record: '{' } })
        }
        break
      case 'delete v1':
        cluster.remove(resources.pytorchJobs, 'nlp', 'bert')
        break
      case 'recreate v1':
        // nobody creates a job beside a TrainJob of the name that runs
        if (this.#v1() || cluster.all(resources.trainJobs).length > 0) break
        this.finished = false
        cluster.put({ ...v1Job('bert'), metadata: { name: 'bert', namespace: 'nlp', uid: `uid-${Math.random()}` } })
        break
      case 'delete record':
        for (const { metadata } of cluster.all(resources.configMaps)) {
          if (metadata.name?.startsWith('migration-')) cluster.remove(resources.configMaps, 'nlp', metadata.name)
        }
        break
      case 'forget':
        cluster.history.length = 0
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
    this.#checkRecoverable()
  }

  #v1(): KubeObject | undefined {
    return this.cluster.all(resources.pytorchJobs)[0]
  }

  /** Pods of a side that run; a twin's beside v1 are asked for, and are beside v2's in nobody's wish. */
  #alive(label: string, name = 'bert'): number {
    const pods = this.cluster.all(resources.pods).filter(({ metadata }) => metadata.labels?.[label] === name)
    return pods.filter(({ status }) => (status as { phase?: string })?.phase === 'Running').length
  }

  /** Pods of the job on either side, a twin's aside. */
  #running(): KubeObject[] {
    return this.cluster.all(resources.pods).filter(({ metadata, status }) => {
      const { labels } = metadata
      const of = labels?.['training.kubeflow.org/job-name'] ?? labels?.['jobset.sigs.k8s.io/jobset-name']
      return of === 'bert' && (status as { phase?: string })?.phase === 'Running'
    })
  }

  #look(): void {
    const [v1, v2] = ['training.kubeflow.org/job-name', 'jobset.sigs.k8s.io/jobset-name'].map((label) =>
      this.#alive(label),
    )
    const twin = this.#alive('jobset.sigs.k8s.io/jobset-name', 'bert-v2')
    this.beside &&= v1 !== 0
    if (v1 && v2 && !this.beside) this.faults.push(`both sides run: ${v1} pods of v1, ${v2} of v2`)
    if (twin && v2) this.faults.push(`twin and v2 run: ${twin} pods of the twin, ${v2} of v2`)
    const again = this.#running().filter(({ metadata }) => !this.#ranOn.has(metadata.uid))
    if (this.finished && again.length > 0) this.faults.push(`what finished runs again: ${v1} pods of v1, ${v2} of v2`)
  }

  /** All pods of a side that runs end well, and its operator says so. */
  #finish(
    resource: typeof resources.pytorchJobs | typeof resources.trainJobs,
    label: string,
    type: string,
    name = 'bert',
  ): void {
    if (this.#alive(label, name) === 0) return
    for (const pod of this.cluster.all(resources.pods)) {
      if (pod.metadata.labels?.[label] === name) this.cluster.put({ ...pod, status: { phase: 'Succeeded' } })
    }
    // a twin that has finished beside v1 ends nothing of it
    if (name === 'bert') {
      this.finished = true
      // v2 that was asked for beside v1 is not begun again by going on until it is removed
      if (this.beside) for (const { metadata } of this.#running()) this.#ranOn.add(metadata.uid)
    }
    for (const object of this.cluster.all(resource).filter(({ metadata }) => metadata.name === name)) {
      this.cluster.put({ ...object, status: { conditions: [{ type, status: 'True' }] } })
    }
  }

  /** As somebody else edits a spec: its generation grows. */
  #edit(resource: Resource, change: (spec: Record<string, unknown>) => object): void {
    for (const object of this.cluster.all(resource).filter(({ metadata }) => metadata.name === 'bert')) {
      const { generation } = object.metadata
      const metadata = { ...object.metadata, ...(generation !== undefined && { generation: generation + 1 }) }
      this.cluster.put({ ...object, metadata, spec: change(object['spec'] as Record<string, unknown>) } as KubeObject)
    }
  }

  /** The v1 object stands, or its manifest is in a Secret, unless it was deleted before anything moved it. */
  #checkRecoverable(): void {
    // a twin leaves v1 alone, and keeps nothing of it
    const trainJob = this.cluster.all(resources.trainJobs).find(({ metadata }) => metadata.name === 'bert')
    if (!this.#v1() && trainJob && this.cluster.all(resources.secrets).length === 0) {
      this.faults.push('a TrainJob stands, and the v1 manifest is nowhere')
    }
  }
}

describe(`whatever happens to a job that is moved (MIGRATE_TEST_SEED=${seed})`, () => {
  it('at most one side runs, what finished never runs again, and every state has a way on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 2, maxLength: 7 }), async (moves) => {
        const world = new World()
        for (const step of moves) await world.do(step)
        expect(world.faults, standing(world.cluster)).toEqual([])
      }),
      // what was found once is tried each time
      { seed, numRuns: 30, endOnFailure: false, examples: [[[{ does: 'v1 finishes' }, { does: 'overlap' }]]] },
    )
  }, 120_000)
})
