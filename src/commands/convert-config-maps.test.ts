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

  it('of a job in a file are read where they are written before it', async () => {
    expect(await saidOf(code, job)).toEqual([
      ' changed  host-name-parsing   nlp/train: spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0].configMap: ConfigMap code, run.sh:2: it takes a host name apart: v2’s have other parts and numbers',
    ])
  })

  it('that come after the job are named', async () => {
    expect(await saidOf(job, code)).toEqual([
      'note: all.yaml:3: ConfigMap code stands after a job that refers to it, whose findings do not tell of its scripts: put it before the job',
    ])
  })

  it('of another namespace, or that no job refers to, are nothing to tell', async () => {
    const other = { ...code, metadata: { name: 'code', namespace: 'vision' } }
    const unused = { ...code, metadata: { name: 'unused', namespace: 'nlp' } }
    expect(await saidOf(other, unused, job, unused, other)).toEqual([])
  })
})
