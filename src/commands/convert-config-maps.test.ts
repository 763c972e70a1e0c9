import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const volumes = [{ name: 'code', configMap: { name: 'code' } }]
const job = pytorchManifest({ metadata: { namespace: 'nlp' }, worker: { replicas: 2, pod: { volumes } } })
const code = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'code', namespace: 'nlp' },
  data: { 'run.sh': 'set -e\nexport RANK=${HOSTNAME##*-}\n' },
}

/** What convert says of the live job and its ConfigMap. */
async function said(verb: readonly string[], forbidden = false): Promise<string[]> {
  const cluster = new FakeCluster({
    namespace: 'nlp',
    objects: [job, code],
    forbid: ({ resource }) => forbidden && resource === 'configmaps',
  })
  const { out, err } = await runVerb(verb, { cluster })
  return [...out, ...err].filter((line) => line.includes('ConfigMap'))
}

describe('scripts in ConfigMaps', () => {
  it('of a live job are read, and what they lean on is told with key and line', async () => {
    expect(await said(['convert', 'job', 'train'])).toEqual([
      ' changed  host-name-parsing   nlp/train: spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0].configMap: ConfigMap code, run.sh:2: it takes a host name apart: v2’s have other parts and numbers',
    ])
  })

  it('that may not be read are named', async () => {
    expect(await said(['convert', 'job', 'train'], true)).toEqual([
      ' changed  config-map-unread   nlp/train: spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0].configMap: you may not read ConfigMap code: what it says is not known',
    ])
  })

  const inFile = (...objects: object[]) => ({
    files: { 'all.yaml': objects.map((each) => JSON.stringify(each)).join('\n---\n') },
  })
  const saidOf = async (...objects: object[]) => {
    const { out, err } = await runVerb(['convert', '-f', 'all.yaml'], inFile(...objects))
    expect(out.join('\n')).toContain('kind: TrainJob')
    return err.filter((line) => line.includes('ConfigMap'))
  }
  const told =
    ' changed  host-name-parsing   nlp/train: spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0].configMap: ConfigMap code, run.sh:2: it takes a host name apart: v2’s have other parts and numbers'
  const elsewhere = { ...code, metadata: { name: 'code', namespace: 'vision' } }
  const list = { apiVersion: 'v1', kind: 'List', items: [job, code] }

  it.each<[string, object[]]>([
    ['before the job', [code, job]],
    ['after the job', [job, code]],
    ['after the job, and another of the name in another namespace', [elsewhere, job, code, elsewhere]],
    ['with the job in a List', [list]],
  ])('of a job in a file are read where they are written %s', async (_, objects) => {
    expect(await saidOf(...objects)).toEqual([told])
  })

  it.each<[string, string[], Readonly<Record<string, string>>, string]>([
    [
      'in a file that comes later',
      ['-f', 'jobs'],
      { 'jobs/1.yaml': JSON.stringify(job), 'jobs/2.yaml': JSON.stringify(code) },
      '',
    ],
    ['on standard input, after the job', ['-f', '-'], {}, `${JSON.stringify(job)}\n---\n${JSON.stringify(code)}`],
    [
      'on standard input that comes later',
      ['-f', '1.yaml', '-f', '-'],
      { '1.yaml': JSON.stringify(job) },
      JSON.stringify(code),
    ],
    [
      'in a file behind standard input',
      ['-f', '-', '-f', '2.yaml'],
      { '2.yaml': JSON.stringify(code) },
      JSON.stringify(job),
    ],
  ])(
    'of a job in a file are read where they are written %s, and each object is written once',
    async (_, flags, files, input) => {
      const { out, err } = await runVerb(['convert', ...flags], { files, input })
      expect(err.filter((line) => line.includes('ConfigMap'))).toEqual([told])
      expect(out.filter((line) => line === 'kind: TrainJob' || line.includes('"kind":"ConfigMap"'))).toHaveLength(2)
    },
  )

  it('of another namespace, or that no job refers to, are nothing to tell', async () => {
    const other = { ...code, metadata: { name: 'code', namespace: 'vision' } }
    const unused = { ...code, metadata: { name: 'unused', namespace: 'nlp' } }
    expect(await saidOf(other, unused, job, unused, other)).toEqual([])
  })
})
