import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Api, messageOf, pathOf } from './api.ts'
import { build, kueueRecipe } from './build.ts'
import { kubeconfigOf, kueue, type Site, servedCertificatesOf } from './components.ts'
import { Crew } from './crew.ts'
import type { Say } from './lock.ts'
import { kueueManifests, type Manifest, type Secret } from './manifests.ts'
import { kill } from './process-identity.ts'
import { accepts, areEstablished, probes } from './readiness.ts'
import { readState, type State, writeState } from './state.ts'
import { waitFor } from './wait-for.ts'

/**
 * Installs Kueue into the control plane of a folder and returns when its webhooks answer. While it is there, they see every
 * job of the cluster: nothing else may run then. What an interrupted run left of it is removed first.
 */
export async function installKueue(folder: string, say: Say): Promise<void> {
  const built = await build(kueueRecipe, say)
  const state = await stateOf(folder)
  const api = await Api.fromKubeconfig(kubeconfigOf(folder))
  try {
    const manifests = await kueueManifests(built.folder, state.ports, await readSecret(folder))
    if ((await leftOf(api, manifests)).length > 0) await remove(folder, api, manifests)
    await api.applyAll(manifests)
    const crew = new Crew(folder, built, await stateOf(folder))
    await crew.until("Kueue's definitions are established", () => areEstablished(api, manifests))
    await comesUp(crew, api, { folder, ports: state.ports })
  } finally {
    api.close()
  }
}

/** Ends Kueue at once, as a lost node would, starts it again, and returns when its webhooks answer. */
export async function restartKueue(folder: string, say: Say): Promise<void> {
  const built = await build(kueueRecipe, say)
  const state = await goesDown(folder)
  const api = await Api.fromKubeconfig(kubeconfigOf(folder))
  try {
    await comesUp(new Crew(folder, built, state), api, { folder, ports: state.ports })
  } finally {
    api.close()
  }
}

async function comesUp(crew: Crew, api: Api, site: Site): Promise<void> {
  await crew.launch([kueue(site)])
  await crew.until("Kueue's webhooks answer", () => accepts(api, probes.resourceFlavor))
  await crew.until("Kueue's webhooks let jobs pass", () => accepts(api, probes.pyTorchJob))
}

async function goesDown(folder: string): Promise<State> {
  const state = await stateOf(folder)
  const isKueue = ({ name }: { name: string }) => name === 'kueue'
  await kill(state.processes.filter(isKueue))
  const left = { ...state, processes: state.processes.filter((process) => !isKueue(process)) }
  await writeState(folder, left)
  return left
}

/** Takes Kueue away again: its process, webhooks, objects, definitions and namespace; returns when all are gone. */
export async function removeKueue(folder: string, say: Say): Promise<void> {
  const built = await build(kueueRecipe, say)
  const api = await Api.fromKubeconfig(kubeconfigOf(folder))
  try {
    const manifests = await kueueManifests(built.folder, (await stateOf(folder)).ports, await readSecret(folder))
    await remove(folder, api, manifests)
  } finally {
    api.close()
  }
}

async function remove(folder: string, api: Api, manifests: readonly Manifest[]): Promise<void> {
  await goesDown(folder)
  const isWebhook = ({ kind }: Manifest) => kind.endsWith('WebhookConfiguration')
  const isDefinition = ({ kind }: Manifest) => kind === 'CustomResourceDefinition'
  await Promise.all(manifests.filter(isWebhook).map((manifest) => api.delete(manifest)))
  for (const definition of manifests.filter(isDefinition)) await releaseObjects(api, definition)
  await Promise.all(manifests.filter((manifest) => !isWebhook(manifest)).map((manifest) => api.delete(manifest)))
  // again and again: the aggregation controller of cluster roles puts back one that vanishes while it works on it
  await waitFor('nothing of Kueue is left', async () => {
    const left = await leftOf(api, manifests)
    await Promise.all(left.map((manifest) => api.delete(manifest)))
    return left.length === 0
  })
}

async function leftOf(api: Api, manifests: readonly Manifest[]): Promise<Manifest[]> {
  const found = await Promise.all(manifests.map((manifest) => api.exists(manifest)))
  return manifests.filter((_, index) => found[index])
}

/**
 * Nobody is left to take Kueue's finalizers off and to convert between its versions, and a definition waits for its last
 * object.
 */
async function releaseObjects(api: Api, definition: Manifest): Promise<void> {
  const { group, names, versions } = definition['spec'] as {
    group: string
    names: { plural: string }
    versions: { name: string; storage: boolean }[]
  }
  const unconverted = { spec: { conversion: { strategy: 'None', webhook: null } } }
  await api.request('PATCH', pathOf(definition), unconverted, 'application/merge-patch+json')
  const version = versions.find(({ storage }) => storage)?.name
  const objects = await waitFor(`the list of ${names.plural}.${group}`, async () => {
    const answer = await api.request('GET', `/apis/${group}/${version}/${names.plural}`)
    if (answer.status === 404) return []
    if (answer.status !== 200) throw new Error(messageOf(answer))
    return (answer.body as { items: Manifest[] }).items
  })
  for (const { metadata } of objects) {
    const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
    const path = `/apis/${group}/${version}${scope}/${names.plural}/${metadata.name}`
    const patched = await api.request('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json')
    if (patched.status !== 200 && patched.status !== 404) throw new Error(`release ${path}: ${messageOf(patched)}`)
  }
}

async function stateOf(folder: string): Promise<State> {
  const state = await readState(folder)
  if (state === undefined) throw new Error(`${folder} holds no control plane`)
  return state
}

async function readSecret(folder: string): Promise<Secret> {
  const files = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']
  const entries = files.map(async (file) => {
    const content = await readFile(join(servedCertificatesOf(folder), file))
    return [file, content.toString('base64')] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
