import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { ClusterError } from '../cluster/errors.ts'
import { convertJob } from '../convert/convert.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Resource } from '../kube/resources.ts'
import { ServerValidation } from './validate-conversion.ts'

const conversion = convertJob(pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp' } }), {
  live: false,
  run: false,
  toolVersion: 'test',
})
const { runtime } = conversion

const asked = { verb: 'create', resource: 'trainjobs.trainer.kubeflow.org', namespace: 'nlp', name: 'bert' }
const denied = (message: string) =>
  new ClusterError({
    kind: 'webhook',
    webhook: 'validator.trainjob.trainer.kubeflow.org',
    outcome: 'denied',
    message,
    ...asked,
  })
const absent = 'spec.RuntimeRef: specified trainingRuntime must be created before the TrainJob is created'

/** A cluster whose Trainer looks at TrainJobs as told. */
function cluster(objects: readonly KubeObject[], refusal?: ClusterError): { cluster: FakeCluster; writes: string[] } {
  const fake = new FakeCluster({ objects, namespace: 'nlp' })
  const create = fake.create.bind(fake)
  const writes: string[] = []
  fake.create = async <T extends KubeObject>(resource: Resource, object: KubeObject, options = {}) => {
    writes.push(`${resource.kind} ${JSON.stringify(options)}`)
    if (resource.kind === 'TrainJob' && refusal) throw refusal
    return await create<T>(resource, object, options)
  }
  return { cluster: fake, writes }
}

describe('--validate=server', () => {
  it('asks for the runtime, then the TrainJob, and stores nothing', async () => {
    const { cluster: fake, writes } = cluster([])
    expect(await new ServerValidation(fake).check(conversion)).toEqual({ whole: true, said: 'the server takes it' })
    expect(writes).toEqual(['TrainingRuntime {"dryRun":true}', 'TrainJob {"dryRun":true}'])
  })

  it('says what could not be asked where the runtime does not exist yet', async () => {
    const { cluster: fake } = cluster([], denied(absent))
    const { whole, said } = await new ServerValidation(fake).check(conversion)
    expect(whole).toBe(false)
    expect(said).toContain('webhook looks at it once the runtime exists')
  })

  it('refuses what the webhook refuses for another reason', async () => {
    const { cluster: fake } = cluster([], denied('spec.trainer.env: must not have reserved envs'))
    await expect(new ServerValidation(fake).check(conversion)).rejects.toBeInstanceOf(ClusterError)
  })

  it('does not excuse a TrainJob whose runtime is there', async () => {
    const { cluster: fake } = cluster([runtime], denied(absent))
    await expect(new ServerValidation(fake).check(conversion)).rejects.toBeInstanceOf(ClusterError)
  })

  it('asks for a runtime once for all its jobs', async () => {
    const { cluster: fake, writes } = cluster([])
    const validation = new ServerValidation(fake)
    await validation.check(conversion)
    await validation.check(conversion)
    expect(writes.filter((write) => write.startsWith('TrainingRuntime'))).toHaveLength(1)
  })

  it('refuses a runtime of the name with other content', async () => {
    const changed = { ...runtime, spec: { ...runtime.spec, mlPolicy: { numNodes: 7 } } }
    const error = await new ServerValidation(cluster([changed]).cluster).check(conversion).catch((thrown) => thrown)
    expect(error.data.code).toBe('runtime-changed')
  })

  it('takes a TrainJob of the name for one that passed: the server looks for it last', async () => {
    const { cluster: fake } = cluster([runtime], new ClusterError({ kind: 'alreadyExists', ...asked }))
    expect((await new ServerValidation(fake).check(conversion)).whole).toBe(true)
  })
})
