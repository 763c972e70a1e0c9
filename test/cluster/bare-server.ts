import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { Api, messageOf, pathOf } from './api.ts'
import { build, controlPlaneRecipe } from './build.ts'
import { makeCertificates } from './certificates.ts'
import { kubeconfigOf, storage } from './components.ts'
import { Crew } from './crew.ts'
import { cacheFolder } from './folders.ts'
import type { Say } from './lock.ts'
import { type Manifest, readManifests } from './manifests.ts'
import { freePorts } from './ports.ts'
import { identify } from './process-identity.ts'
import { areEstablished } from './readiness.ts'
import type { ManifestSet } from './render-manifests.ts'
import { writeSite } from './site.ts'
import { discard, type State, writeState } from './state.ts'
import { supervise } from './supervise.ts'

/** A real API server with nothing installed in it and no controller beside it: objects stay as they are written. */
export interface BareServer {
  readonly kubeconfig: string
  /** Makes it serve the kinds of an operator, or of these definitions. */
  install(set: ManifestSet | readonly Manifest[]): Promise<void>
  /** Makes it serve them no more, with all objects of these kinds. */
  uninstall(set: ManifestSet | readonly Manifest[]): Promise<void>
  /** Has it check the creation of an object without storing it, unknown fields refused; resolves with its words where it refuses. */
  check(object: Manifest): Promise<string | undefined>
  /** Stores an object as somebody wrote it. */
  put(object: Manifest): Promise<void>
  stop(): Promise<void>
}

/** Starts one in a few seconds, from the programs of the control plane. Throws ControlPlaneUnavailable as that does. */
export async function startBareServer(say: Say): Promise<BareServer> {
  const built = await build(controlPlaneRecipe, say)
  await mkdir(cacheFolder(), { recursive: true })
  const folder = await mkdtemp(join(cacheFolder(), 'run-'))
  const [ports, certificates] = await Promise.all([freePorts(), makeCertificates()])
  const state: State = { key: built.key, ready: false, ports, processes: [], owner: identify(process.pid) }
  await writeState(folder, state)
  const crew = new Crew(folder, built, state)
  const letGo = supervise(folder)
  const stop = async () => {
    await discard(folder)
    letGo()
  }
  try {
    const site = { folder, ports }
    await writeSite(site, certificates)
    await crew.launch(storage(site))
    const api = await Api.fromKubeconfig(kubeconfigOf(folder))
    await crew.until('kube-apiserver is ready', async () => (await api.request('GET', '/readyz')).status === 200)
    const definitions = async (set: ManifestSet | readonly Manifest[]) =>
      typeof set === 'string'
        ? (await readManifests(built.folder, set)).filter(({ kind }) => kind === 'CustomResourceDefinition')
        : set
    return {
      kubeconfig: kubeconfigOf(folder),
      async install(set) {
        const wanted = await definitions(set)
        await api.applyAll(wanted)
        await crew.until('definitions are established', () => areEstablished(api, wanted))
      },
      async uninstall(set) {
        const unwanted = await definitions(set)
        for (const definition of unwanted) await api.delete(definition)
        await crew.until('definitions are gone', async () => {
          const there = await Promise.all(unwanted.map((definition) => api.exists(definition)))
          return !there.includes(true)
        })
      },
      async check(object) {
        const collection = pathOf(object).replace(/\/[^/]*$/, '')
        const answer = await api.request('POST', `${collection}?dryRun=All&fieldValidation=Strict`, object)
        return answer.status < 300 ? undefined : messageOf(answer)
      },
      put: (object) => api.apply(object),
      async stop() {
        api.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
