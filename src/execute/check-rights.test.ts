import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { runningV1 } from '../../test/unit/objects.ts'
import { resources } from '../kube/resources.ts'
import { describeError } from '../present/errors.ts'
import { checkRights, checkRuntimeRight } from './check-rights.ts'

const needs = { kind: resources.pytorchJobs, extras: false, runtimeExists: false }

async function check(forbid?: FakeClusterOptions['forbid'], more: Partial<typeof needs> = {}) {
  const cluster = new FakeCluster({ forbid })
  let said: readonly string[] = []
  try {
    await checkRights(cluster, 'cutover', { ...needs, ...more }, runningV1('bert'))
  } catch (error) {
    const { lines, exit } = describeError(error, 'kubectl migrate')
    said = [...lines, `exit ${exit}`]
  }
  return { said, log: cluster.log }
}

describe('rights before the first write', () => {
  it('are asked for in one request', async () => {
    expect(await check()).toEqual({ said: [], log: ['review rights'] })
  })

  it('that are missing are named, and how to get them', async () => {
    const { said } = await check(
      ({ verb, resource }) => verb === 'patch' || (verb === 'create' && resource.includes('runtimes')),
    )
    expect(said).toEqual([
      'error: nlp/bert is not cut over: you may not patch pytorchjobs.kubeflow.org in namespace nlp, and 4 more',
      '       missing: patch pytorchjobs.kubeflow.org, patch configmaps, patch leases.coordination.k8s.io, patch trainjobs.trainer.kubeflow.org, create trainingruntimes.trainer.kubeflow.org',
      '       nothing was changed',
      '       kubectl migrate preflight --print-rbac=mover -n nlp   (the Role with them, for whoever gives rights here)',
      'exit 1',
    ])
  })

  it('to make a runtime are not needed where it is there', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ verb, resource }) =>
      verb === 'create' && resource.includes('runtimes')
    expect((await check(forbid, { runtimeExists: true })).said).toEqual([])
  })

  it('to see events are not needed', async () => {
    expect((await check(({ resource }) => resource === 'events')).said).toEqual([])
  })

  it('are left to the requests themselves where the cluster does not tell', async () => {
    const cluster = new FakeCluster({ absent: [resources.selfSubjectRulesReviews] })
    await checkRights(cluster, 'rollback', needs, runningV1('bert'))
    expect(cluster.log).toEqual(['review rights'])
  })
})

describe('a runtime that is not there', () => {
  const check = async (wanted: boolean, forbid?: FakeClusterOptions['forbid']) => {
    try {
      await checkRuntimeRight(new FakeCluster({ forbid }), 'v1-pytorch-1', wanted, runningV1('bert'), 'cutover')
      return 'goes on'
    } catch (error) {
      return describeError(error, 'kubectl migrate').lines[1]?.trim()
    }
  }

  it.each<[string, boolean, FakeClusterOptions['forbid'], string]>([
    ['is made', true, undefined, 'goes on'],
    ['is left to others', false, undefined, '--no-create-runtime leaves it to others'],
    [
      'may not be made',
      true,
      ({ verb }) => verb === 'create',
      'you may not create trainingruntimes.trainer.kubeflow.org in namespace nlp',
    ],
  ])('%s', async (_name, wanted, forbid, said) => {
    expect(await check(wanted, forbid)).toBe(said)
  })
})
