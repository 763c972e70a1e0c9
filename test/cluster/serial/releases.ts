/** Other releases of Trainer in the place of the control plane's own: whoever uses it must be alone in the cluster. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadAll } from 'js-yaml'
import { Api } from '../api.ts'
import { type Build, build, controlPlaneRecipe } from '../build.ts'
import { type Component, configurations, kubeconfigOf, operators, type Site } from '../components.ts'
import { Crew } from '../crew.ts'
import { cacheFolder } from '../folders.ts'
import { forHostProcess, type Manifest, readManifests, type Secret } from '../manifests.ts'
import { accepts, areEstablished, probes } from '../readiness.ts'
import { trainerDefinitions } from '../trainer-definitions.ts'
import { comesUp, goesDown, plane } from './outage.ts'

const run = promisify(execFile)
const module = 'github.com/kubeflow/trainer/v2'

/**
 * The controller manager of a release, built once from its Go module; no go.mod of this repository is looked at.
 * @param release a tag, e.g. `v2.0.1`
 * @throws Error where Go is absent, or the module cannot be had or built
 */
async function buildTrainer(release: string): Promise<Build> {
  const folder = join(cacheFolder(), `trainer-${release}`)
  const built = { folder, key: release }
  if (existsSync(folder)) return built
  console.error(`building Trainer ${release}, once: about ten minutes on two cores`)
  const unfinished = `${folder}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(unfinished, 'bin'), { recursive: true })
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOBIN: join(unfinished, 'bin') }
  const program = `${module}/cmd/trainer-controller-manager@${release}`
  await run('go', ['install', '-ldflags', '-s -w', program], { cwd: tmpdir(), env, maxBuffer: 64 << 20 })
  await rename(unfinished, folder)
  return built
}

/** Its definitions and webhooks in the place of those that are there, and its process. */
export async function installTrainer(release: string): Promise<void> {
  const built = await buildTrainer(release)
  const { folder, state } = await plane()
  const site: Site = { folder, ports: state.ports }
  await goesDown('trainer')
  const definitions = await trainerDefinitions(release)
  await replaceManifests(folder, [...definitions, ...(await trainerWebhooks(release))])
  const own = operators(site).find(({ name }) => name === 'trainer')
  if (!own) throw new Error('no component trainer')
  const crew = new Crew(folder, built, (await plane()).state)
  await crew.launch([{ ...own, args: await argumentsOf(release, site) } satisfies Component])
  const api = await Api.fromKubeconfig(kubeconfigOf(folder))
  try {
    await crew.until(`Trainer ${release} answers`, () => accepts(api, probes.trainJob))
  } finally {
    api.close()
  }
}

/** The control plane's own release again. */
export async function restoreTrainer(): Promise<void> {
  const { folder } = await plane()
  await goesDown('trainer')
  const manifests = await readManifests((await build(controlPlaneRecipe, console.error)).folder, 'trainer')
  await replaceManifests(folder, manifests.filter(isWebhookOrDefinition))
  await comesUp('trainer')
}

/** The webhooks of the release before go first: another one has not all of them. */
async function replaceManifests(folder: string, manifests: readonly Manifest[]): Promise<void> {
  const { state } = await plane()
  const api = await Api.fromKubeconfig(kubeconfigOf(folder))
  try {
    const mine = (await readManifests((await build(controlPlaneRecipe, console.error)).folder, 'trainer')).filter(
      ({ kind }) => kind.endsWith('WebhookConfiguration'),
    )
    await Promise.all(mine.map((manifest) => api.delete(manifest)))
    const { body } = await api.request(
      'GET',
      '/api/v1/namespaces/kubeflow-system/secrets/kubeflow-trainer-webhook-cert',
    )
    const { data: secret } = body as { data: Secret }
    const service = 'kubeflow-trainer-controller-manager'
    const webhooks = { service, namespace: 'kubeflow-system', port: state.ports.trainerWebhook, secret }
    const hosted = forHostProcess(manifests, webhooks)
    await api.applyAll(hosted)
    const crew = new Crew(folder, { folder, key: '' }, state)
    await crew.until("Trainer's definitions are established", () => areEstablished(api, hosted))
  } finally {
    api.close()
  }
}

const isWebhookOrDefinition = ({ kind }: Manifest): boolean =>
  kind.endsWith('WebhookConfiguration') || kind === 'CustomResourceDefinition'

async function trainerWebhooks(release: string): Promise<Manifest[]> {
  const { stdout } = await run('go', ['mod', 'download', '-json', `${module}@${release}`], { cwd: tmpdir() })
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string }
  const text = await readFile(join(folder, 'manifests', 'base', 'webhook', 'manifests.yaml'), 'utf8')
  const isMutating = ({ kind }: Manifest) => kind === 'MutatingWebhookConfiguration'
  // the names its own kustomization gives them (v2.0.1 to v2.2.1, manifests/base/webhook)
  return (loadAll(text) as Manifest[])
    .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
    .map((manifest) => ({
      ...manifest,
      metadata: { name: `${isMutating(manifest) ? 'mutator' : 'validator'}.trainer.kubeflow.org` },
    }))
}

/**
 * v2.0 knows flags; v2.1 a file, without the server to which pods report their progress, which came with v2.2. Without a
 * host for its webhooks v2.1.0 ends in a panic (pkg/config/config.go): an empty one is what the others take.
 */
async function argumentsOf(release: string, site: Site): Promise<string[]> {
  const { ports, folder } = site
  if (release.startsWith('v2.0.')) {
    return [
      `--webhook-server-port=${ports.trainerWebhook}`,
      `--health-probe-bind-address=127.0.0.1:${ports.trainerHealth}`,
      '--metrics-bind-address=0',
    ]
  }
  const { statusServer, ...shared } = configurations(site)['trainer.json'] as { statusServer?: object; webhook: object }
  const ofV21 = { ...shared, webhook: { ...shared.webhook, host: '' } }
  const file = join(folder, `trainer-${release}.json`)
  await writeFile(file, JSON.stringify(release.startsWith('v2.1.') ? ofV21 : { ...shared, statusServer }))
  return [`--config=${file}`]
}
