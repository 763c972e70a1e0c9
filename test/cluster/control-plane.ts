import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { Api } from './api.ts'
import { type Build, build, controlPlaneRecipe, program } from './build.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { controllers, kubeconfigOf, operators, type Site, storage } from './components.ts'
import { Crew } from './crew.ts'
import { cacheFolder, keptFolder, sources } from './folders.ts'
import { lock, type Say } from './lock.ts'
import { certificateSecret, operatorManifests, readManifests, simulatedNodes } from './manifests.ts'
import { freePorts } from './ports.ts'
import { identify } from './process-identity.ts'
import { accepts, areEstablished, probes } from './readiness.ts'
import { writeSite } from './site.ts'
import { conditionOf, discard, discardOrphans, readState, type State, writeState } from './state.ts'
import { supervise } from './supervise.ts'

export interface ControlPlane {
  readonly folder: string
  readonly kubeconfig: string
  /** the kubectl built with it */
  readonly kubectl: string
  /** Ends it; a kept one stays up. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** outlive this process and be found by the next start that asks for it */
  readonly keep: boolean
  readonly say: Say
}

/**
 * Returns a control plane with both operators: built if need be, then the kept one if it is asked for, runs and was made from
 * the same sources, otherwise a new one. Throws ControlPlaneUnavailable where this machine cannot have one.
 */
export async function startControlPlane({ keep, say }: StartOptions): Promise<ControlPlane> {
  const built = await build(controlPlaneRecipe, say)
  for (const folder of await discardOrphans())
    say(`stopped the control plane of a test run that was killed (${folder})`)
  const key = `${built.key.slice(0, 16)}-${harnessKey()}`
  await mkdir(cacheFolder(), { recursive: true })
  if (!keep) return start(await mkdtemp(join(cacheFolder(), 'run-')), built, key, keep, say)
  const release = await lock(`${keptFolder()}.lock`, 'is starting the control plane', say)
  try {
    if (await mayReuse(keptFolder(), key, say)) return describe(keptFolder(), built)
    return await start(keptFolder(), built, key, keep, say)
  } finally {
    await release()
  }
}

/** Of the sources that decide what is installed and how: what they made must not outlive a change of theirs. */
function harnessKey(): string {
  const hash = createHash('sha256')
  for (const file of ['certificates.ts', 'components.ts', 'control-plane.ts', 'manifests.ts', 'site.ts', 'stages.ts']) {
    hash.update(readFileSync(join(sources, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

const describe = (folder: string, built: Build): ControlPlane => ({
  folder,
  kubeconfig: kubeconfigOf(folder),
  kubectl: program(built, 'kubectl'),
  stop: async () => undefined,
})

/** Decides about a kept control plane that may be there; one that cannot be used is stopped, and why is said. */
async function mayReuse(folder: string, key: string, say: Say): Promise<boolean> {
  const state = await readState(folder)
  const condition = conditionOf(state)
  if (condition === 'running' && state?.key === key) {
    say('using the control plane that was kept')
    return true
  }
  const reason = {
    absent: undefined,
    starting: 'its start never finished',
    running: 'the harness or its programs have changed since',
    dead: 'some of its processes have ended',
  }[condition]
  if (reason !== undefined) say(`stopping the kept control plane: ${reason}`)
  await discard(folder)
  return false
}

async function start(folder: string, built: Build, key: string, keep: boolean, say: Say): Promise<ControlPlane> {
  const began = Date.now()
  const [ports, certificates] = await Promise.all([freePorts(), makeCertificates()])
  const site: Site = { folder, ports }
  const owner = keep ? undefined : identify(process.pid)
  const state: State = { key, ready: false, ports, processes: [], ...(owner && { owner }) }
  await writeState(folder, state)
  const crew = new Crew(folder, built, state)
  const letGo = keep ? undefined : supervise(folder)
  const end = async () => {
    await discard(folder)
    letGo?.()
  }
  const stop = async () => {
    const obituary = await crew.obituary()
    if (obituary !== undefined) say(`a process did not last until the end: ${obituary}`)
    await end()
  }
  try {
    await writeSite(site, certificates)
    await crew.launch(storage(site))
    const api = await Api.fromKubeconfig(kubeconfigOf(folder))
    try {
      await crew.until('kube-apiserver is ready', async () => (await api.request('GET', '/readyz')).status === 200)
      await crew.launch(controllers(site))
      await install(api, crew, site, built, certificates)
    } finally {
      api.close()
    }
    await crew.ready()
  } catch (error) {
    await end()
    throw error
  }
  say(`control plane up in ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return { ...describe(folder, built), stop: keep ? async () => undefined : stop }
}

async function install(api: Api, crew: Crew, site: Site, built: Build, certificates: Certificates): Promise<void> {
  const manifests = await operatorManifests(built.folder, site.ports, certificateSecret(certificates))
  await api.applyAll([...simulatedNodes(), ...manifests])
  // the trainer ends itself when a definition it watches is not served yet
  await crew.until('all definitions are established', () => areEstablished(api, manifests))
  await crew.launch(operators(site))
  const runtimes = await readManifests(built.folder, 'runtimes')
  await Promise.all([
    crew.until("Trainer's webhooks answer", async () => {
      await api.applyAll(runtimes)
      return true
    }),
    crew.until("Training Operator's webhooks answer", () => accepts(api, probes.pyTorchJob)),
    crew.until("JobSet's webhooks answer", () => accepts(api, probes.jobSet)),
  ])
  await crew.until('TrainJobs are accepted', () => accepts(api, probes.trainJob))
}
