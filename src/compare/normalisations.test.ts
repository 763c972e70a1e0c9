import { describe, expect, it } from 'vitest'
import { v1Pod, v2Pod } from '../../test/unit/model-pods.ts'
import type { Container } from '../kube/pod.ts'
import { normalisations } from './normalisations.ts'
import { comparePods } from './pods.ts'

type Options = Parameters<typeof v2Pod>[1]

const labels = (...keys: string[]): Options => ({ labels: Object.fromEntries(keys.map((key) => [key, 'x'])) })
const annotations = (key: string): Options => ({ annotations: { [key]: 'x' } })
const main = (fields: Partial<Container>): Options => ({
  spec: { containers: [{ name: 'main-one', ...fields }] },
  main: 'main-one',
})
const env = (name: string): Options => main({ env: [{ name, value: 'x' }] })
const ports = (...list: NonNullable<Container['ports']>): Options => main({ ports: list })
const sidecar = (fields: Partial<Container>): Options => ({
  spec: { containers: [{ name: 'main-one' }, { name: 'proxy', ...fields }] },
  main: 'main-one',
})
const init = (name: string): Options => ({
  ...main({}),
  spec: { containers: [{ name: 'main-one' }], initContainers: [{ name, image: 'x' }] },
})
const nothing = main({})

/** Codes of what is folded away, and paths of what is left. */
function outcome(v1: Options, v2: Options): { folded: string[]; left: string[] } {
  const { pairs, differences } = comparePods([v1Pod('master', 0, v1)], [v2Pod(0, v2)])
  const leaves = pairs.flatMap((pair) => pair.leaves)
  return {
    folded: leaves.flatMap(({ cause }) => (cause ? [cause.code] : [])),
    left: differences.map(({ path }) => path),
  }
}

const jobSet = 'jobset.sigs.k8s.io/jobset-name'

/** One example for each line of the published list. */
const examples: readonly (readonly [string, Options, Options])[] = [
  ['operator-labels', { ...nothing, ...labels('training.kubeflow.org/job-role') }, nothing],
  ['operator-labels', nothing, { ...nothing, ...labels(jobSet) }],
  ['operator-labels', nothing, { ...nothing, ...annotations(jobSet) }],
  ['operator-labels', nothing, { ...nothing, ...labels('batch.kubernetes.io/job-name') }],
  ['operator-labels', nothing, { ...nothing, ...labels('job-name') }],
  ['init-pytorch', init('init-pytorch'), nothing],
  ['default-port', ports({ name: 'pytorchjob-port', containerPort: 23456 }), nothing],
  [
    'default-port',
    ports({ name: 'mine', containerPort: 23456 }, { name: 'pytorchjob-port', containerPort: 23456 }),
    ports({ name: 'mine', containerPort: 23456 }),
  ],
  ['default-port', ports({ name: 'master', containerPort: 36543 }), nothing],
  ['port-name', ports({ containerPort: 80 }), ports({ name: 'port-80', containerPort: 80 })],
  ['port-name', sidecar({ ports: [{ containerPort: 80 }] }), sidecar({ ports: [{ name: 'a', containerPort: 80 }] })],
  ['completion-index', nothing, env('JOB_COMPLETION_INDEX')],
  ['helper-variable', nothing, env('JOBSET_NAME')],
  ['helper-variable', nothing, env('KUBECTL_MIGRATE_REPLICA_INDEX')],
]

/** Differences that look like those of the list and are none. */
const nearMisses: readonly (readonly [string, Options, Options])[] = [
  ['a label of Training Operator on v2’s side', nothing, { ...nothing, ...labels('training.kubeflow.org/job-role') }],
  ['an unknown label of Training Operator', { ...nothing, ...labels('training.kubeflow.org/mine') }, nothing],
  ['an annotation of Training Operator', { ...nothing, ...annotations('training.kubeflow.org/job-name') }, nothing],
  ['a label of JobSet on v1’s side', { ...nothing, ...labels(jobSet) }, nothing],
  ['a label of another group', nothing, { ...nothing, ...labels('jobset.example.org/jobset-name') }],
  ['an annotation job-name', nothing, { ...nothing, ...annotations('job-name') }],
  [
    'a label the user gave the name of Job’s own',
    { ...nothing, labels: { 'job-name': 'a' } },
    { ...nothing, labels: { 'job-name': 'b' } },
  ],
  ['another init container', init('init-pytorch2'), nothing],
  ['init-pytorch on v2’s side', nothing, init('init-pytorch')],
  ['a port of another name', ports({ name: 'pytorchjob-ports', containerPort: 23456 }), nothing],
  ['the default port on v2’s side', nothing, ports({ name: 'pytorchjob-port', containerPort: 23456 })],
  [
    'the default port of a sidecar',
    sidecar({ ports: [{ name: 'pytorchjob-port', containerPort: 23456 }] }),
    sidecar({}),
  ],
  ['the default port as UDP', ports({ name: 'pytorchjob-port', containerPort: 23456, protocol: 'UDP' }), nothing],
  ['a port called master', ports({ name: 'master', containerPort: 36544 }), nothing],
  ['a port that lost its name', ports({ name: 'a', containerPort: 80 }), ports({ containerPort: 80 })],
  ['a port that changed its name', ports({ name: 'a', containerPort: 80 }), ports({ name: 'b', containerPort: 80 })],
  ['a port of the host', ports({ containerPort: 80, hostPort: 80 }), ports({ name: 'a', containerPort: 80 })],
  ['a lost port', ports({ containerPort: 80 }), nothing],
  ['the completion index on v1’s side', env('JOB_COMPLETION_INDEX'), nothing],
  ['a variable like the helper’s', nothing, env('MY_JOBSET_NAME')],
  ['the helper’s name on v1’s side', env('JOBSET_NAME'), nothing],
]

describe('the published list of normalisations', () => {
  it.each(examples)('%s is folded away', (code, v1, v2) => {
    expect(outcome(v1, v2)).toEqual({ folded: expect.arrayContaining([code]), left: [] })
  })

  it.each(nearMisses)('%s is not', (_, v1, v2) => {
    expect(outcome(v1, v2).left).not.toEqual([])
  })

  it('has no line without an example here', () => {
    const used = examples.flatMap(([, v1, v2]) =>
      comparePods([v1Pod('master', 0, v1)], [v2Pod(0, v2)]).pairs.flatMap(({ leaves }) =>
        leaves.flatMap(({ cause }) => (cause ? [cause] : [])),
      ),
    )
    expect(normalisations.filter((line) => !used.includes(line))).toEqual([])
  })

  it('gives every line a reason', () => {
    for (const { code, why } of normalisations) expect([code, why.length > 20]).toEqual([code, true])
  })
})
