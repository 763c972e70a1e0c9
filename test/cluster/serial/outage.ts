/** Takes processes of the control plane down, and brings them up again: whoever uses it must be alone in the cluster. */
import { inject } from 'vitest'
import { Api } from '../api.ts'
import { build, controlPlaneRecipe } from '../build.ts'
import { type Component, kubeconfigOf, operators, storage } from '../components.ts'
import { Crew } from '../crew.ts'
import { kill } from '../process-identity.ts'
import { accepts, probes } from '../readiness.ts'
import { readState, type State, writeState } from '../state.ts'
import { waitFor } from '../wait-for.ts'

export type Process = 'kube-apiserver' | 'training-operator' | 'trainer'

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
    await waitFor(`${name} answers`, () => answers[name](api), 300_000)
  } finally {
    api.close()
  }
}

const answers: Readonly<Record<Process, (api: Api) => Promise<boolean>>> = {
  'kube-apiserver': async (api) => (await api.request('GET', '/readyz')).status === 200,
  'training-operator': (api) => accepts(api, probes.pyTorchJob),
  trainer: (api) => accepts(api, probes.trainJob),
}

/** The control plane of this run, as it is recorded now. */
export async function plane(): Promise<{ readonly folder: string; readonly state: State }> {
  const { folder } = inject('controlPlane')
  const state = folder === undefined ? undefined : await readState(folder)
  if (folder === undefined || !state) throw new Error('no control plane of our own')
  return { folder, state }
}
