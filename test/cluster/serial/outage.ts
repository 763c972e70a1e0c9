/** Takes processes of the control plane down, and brings them up again: whoever uses it must be alone in the cluster. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Pod } from '../../../src/kube/pod.ts'
import { Api } from '../api.ts'
import { build, controlPlaneRecipe } from '../build.ts'
import { type Component, configurations, kubeconfigOf, operators, storage } from '../components.ts'
import { Crew } from '../crew.ts'
import { cluster } from '../harness.ts'
import { isReady, trainJob, v1Job } from '../jobs.ts'
import { kill } from '../process-identity.ts'
import { accepts, probes } from '../readiness.ts'
import { readState, type State, writeState } from '../state.ts'
import { waitFor } from '../wait-for.ts'

export type Process = 'kube-apiserver' | 'training-operator' | 'trainer' | 'jobset'

/** Ends a process at once, as a lost node would. */
export async function goesDown(name: Process): Promise<void> {
  const { folder, state } = await plane()
  const [mine, others] = [true, false].map((is) => state.processes.filter((process) => (process.name === name) === is))
  await kill(mine ?? [])
  await writeState(folder, { ...state, processes: others ?? [] })
}

/** Starts it again, and returns when it answers. */
export async function comesUp(name: Process): Promise<void> {
  const { folder, state } = await plane()
  const site = { folder, ports: state.ports }
  const component = [...storage(site), ...operators(site)].find((each: Component) => each.name === name)
  if (!component) throw new Error(`no component ${name}`)
  const crew = new Crew(folder, await build(controlPlaneRecipe, console.error), state)
  await crew.launch([component])
  const api = await Api.fromKubeconfig(kubeconfigOf(folder))
  try {
    const ended = await waitFor(
      `${name} answers`,
      async () => (await crew.obituary()) ?? (await answers[name](api)),
      300_000,
    )
    if (typeof ended === 'string') throw new Error(ended)
    if (name === 'kube-apiserver') await bothSidesRun(api)
  } finally {
    api.close()
  }
}

/**
 * Ends JobSet, and starts it so that its webhooks answer and its controller waits for its turn, as another has the lease for a day.
 */
export async function jobSetStandsBy(): Promise<void> {
  await goesDown('jobset')
  const { folder, state } = await plane()
  const site = { folder, ports: state.ports }
  const api = await Api.fromKubeconfig(kubeconfigOf(folder))
  try {
    const spec = {
      holderIdentity: 'another',
      leaseDurationSeconds: 86_400,
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    }
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: standbyLease }, spec }
    const { status } = await api.request('POST', '/apis/coordination.k8s.io/v1/namespaces/default/leases', lease)
    if (status !== 201 && status !== 409) throw new Error(`the lease is not made: ${status}`)
    const leaderElection = { leaderElect: true, resourceName: standbyLease, resourceNamespace: 'default' }
    const config = join(folder, 'jobset-stands-by.json')
    await writeFile(config, JSON.stringify({ ...configurations(site)['jobset.json'], leaderElection }))
    const component = operators(site).find((each: Component) => each.name === 'jobset')
    if (!component) throw new Error('no component jobset')
    const crew = new Crew(folder, await build(controlPlaneRecipe, console.error), state)
    await crew.launch([{ ...component, args: [`--config=${config}`] }])
    const ended = await waitFor(
      'it answers',
      async () => (await crew.obituary()) ?? (await answers.jobset(api)),
      300_000,
    )
    if (typeof ended === 'string') throw new Error(ended)
  } finally {
    api.close()
  }
}

const standbyLease = 'jobset-stands-by'

const answers: Readonly<Record<Process, (api: Api) => Promise<boolean>>> = {
  'kube-apiserver': async (api) => (await api.request('GET', '/readyz')).status === 200,
  'training-operator': (api) => accepts(api, probes.pyTorchJob),
  trainer: (api) => accepts(api, probes.trainJob),
  jobset: (api) => accepts(api, probes.jobSet),
}

/** Operators, controllers, scheduler and kubelets ask again ever more seldom while nobody answers: a job of either side runs when all are back. */
async function bothSidesRun(api: Api): Promise<void> {
  const { createNamespace, deleteNamespace } = cluster()
  const namespace = await waitFor('a namespace can be made', createNamespace, 120_000)
  const jobs = [
    [`/apis/kubeflow.org/v1/namespaces/${namespace}/pytorchjobs`, v1Job('v1', { roles: { Master: 1 } })],
    [`/apis/trainer.kubeflow.org/v1alpha1/namespaces/${namespace}/trainjobs`, trainJob('v2', { nodes: 1 })],
  ] as const
  for (const [path, job] of jobs) {
    await waitFor(
      `POST ${path} is taken`,
      async () => [201, 409].includes((await api.request('POST', path, job)).status),
      120_000,
    )
  }
  await waitFor(
    'a pod of either side runs',
    async () => {
      const { body } = await api.request('GET', `/api/v1/namespaces/${namespace}/pods`)
      return (body as { items: Pod[] }).items.filter(isReady).length === 2
    },
    300_000,
  )
  await deleteNamespace(namespace)
}

/** The control plane of this run, as it is recorded now. */
export async function plane(): Promise<{ readonly folder: string; readonly state: State }> {
  const { folder } = inject('controlPlane')
  const state = folder === undefined ? undefined : await readState(folder)
  if (folder === undefined || !state) throw new Error('no control plane of our own')
  return { folder, state }
}
