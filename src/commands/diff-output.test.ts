import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { diffListSchema } from '../present/diff-schema.ts'

const env = (token: string) => [
  { name: 'LR', value: '0.1' },
  { name: 'API_TOKEN', value: token },
  { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
]

const v1 = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'train', namespace: 'nlp' },
  spec: {
    pytorchReplicaSpecs: {
      Worker: {
        replicas: 2,
        restartPolicy: 'Never',
        template: { spec: { containers: [{ name: 'pytorch', image: 'train:1', env: env('hush') }] } },
      },
    },
  },
}

const v2 = [
  {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name: 'train', namespace: 'nlp' },
    spec: { runtimeRef: { name: 'plain' }, trainer: { numNodes: 2, image: 'train:2', env: env('shout') } },
  },
  {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'ClusterTrainingRuntime',
    metadata: { name: 'plain' },
    spec: {
      mlPolicy: { numNodes: 1 },
      template: {
        spec: {
          replicatedJobs: [
            {
              name: 'node',
              template: {
                metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
                spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'node', image: 'any' }] } } },
              },
            },
          ],
        },
      },
    },
  },
]

function diff(...words: readonly string[]) {
  const files = { 'old.json': JSON.stringify(v1), 'new.json': v2.map((each) => JSON.stringify(each)).join('\n---\n') }
  return runVerb(['diff', '--v1', 'old.json', '--v2', 'new.json', '--runtimes', 'new.json', ...words], { files })
}

/** The lines about what differs of image and token. */
const about = (lines: readonly string[]) => lines.filter((line) => /image|API_TOKEN|DB_PASSWORD/.test(line))

describe('the output of diff', () => {
  it('-o unified is a patch of fields, in which values that look secret are hidden and still differ', async () => {
    const { code, out } = await diff('-o', 'unified')
    expect([code, out.slice(0, 3)]).toEqual([1, ['='.repeat(67), '--- v1/nlp/train', '+++ v2/nlp/train']])
    expect(about(out)).toEqual([
      '-containers[main].env.API_TOKEN [all]: *** (v1)',
      '+containers[main].env.API_TOKEN [all]: *** (v2)',
      '-containers[main].image [all]: train:1',
      '+containers[main].image [all]: train:2',
    ])
  })

  it.each(['text', 'unified', 'json', 'markdown', 'github', 'junit'])(
    '-o %s has no value that looks secret, unless told --show-secrets; of a Secret only its reference',
    async (format) => {
      const hidden = await diff('-o', format, '--all')
      expect([hidden.code, hidden.out.join('\n')]).toEqual([1, expect.not.stringMatching(/hush|shout/)])
      const shown = await diff('-o', format, '--all', '--show-secrets')
      expect(shown.out.join('\n')).toMatch(/hush/)
      expect(shown.out.join('\n')).toMatch(/shout/)
    },
  )

  it('--all names a Secret by its reference, told to show secrets too', async () => {
    const { out } = await diff('--env', '--all', '--show-secrets')
    expect(out.filter((line) => line.includes('DB_PASSWORD'))).toEqual([expect.stringContaining('<secret db')])
  })

  it('-o json is data as its schema says, -o markdown a table with its verdict', async () => {
    const { out } = await diff('-o', 'json')
    expect(faultsOf(diffListSchema, JSON.parse(out.join('\n')))).toEqual([])
    const { out: markdown } = await diff('-o', 'markdown')
    expect(about(markdown)).toEqual([
      expect.stringMatching(/^\| .*API_TOKEN.*\*\*\*.*\|$/),
      expect.stringMatching(/^\| .*image.*train:1.*train:2.*\|$/),
    ])
  })

  it('is of one aspect alone where that is asked for', async () => {
    const { out } = await diff('-o', 'unified', '--env')
    expect(about(out).filter((line) => line.includes('image'))).toEqual([])
    expect(about(out)).toHaveLength(2)
  })
})
