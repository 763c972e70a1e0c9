import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, sources } from './folders.ts'
import { lock, type Say } from './lock.ts'
import { renderManifests } from './render-manifests.ts'
import { ControlPlaneUnavailable } from './unavailable.ts'

/** One Go module of this folder and the programs built from it. */
export interface Recipe {
  readonly name: 'control-plane' | 'kueue' | 'kubectl'
  /** relative to the sources */
  readonly module: string
  /** files that decide what is built, relative to the sources */
  readonly inputs: readonly string[]
  /** arguments of one `go build`: packages whose last path element names the program */
  readonly packages: readonly string[]
  /** of Kubernetes, which the programs say of themselves */
  readonly version: `v1.${number}.${number}`
  /** rough figures for two cores, told before a build starts */
  readonly duration: { readonly cold: string; readonly warm: string }
}

/** Everything but Kueue; kubectl too, so that neither building nor testing needs anything but Go. */
export const controlPlaneRecipe: Recipe = {
  name: 'control-plane',
  module: '.',
  inputs: ['go.mod', 'go.sum', 'etcd/main.go', 'render-manifests.ts'],
  packages: [
    './etcd',
    'k8s.io/kubernetes/cmd/kube-apiserver',
    'k8s.io/kubernetes/cmd/kube-controller-manager',
    'k8s.io/kubernetes/cmd/kube-scheduler',
    'k8s.io/kubernetes/cmd/kubectl',
    'sigs.k8s.io/jobset',
    'sigs.k8s.io/kwok/cmd/kwok',
    'github.com/kubeflow/training-operator/cmd/training-operator.v1',
    'github.com/kubeflow/trainer/v2/cmd/trainer-controller-manager',
  ],
  version: 'v1.36.3',
  duration: { cold: '5 to 11 minutes', warm: 'half a minute' },
}

/** Kueue needs other versions of shared dependencies, hence a module of its own. */
export const kueueRecipe: Recipe = {
  name: 'kueue',
  module: 'kueue',
  inputs: ['kueue/go.mod', 'kueue/go.sum', 'render-manifests.ts'],
  packages: ['sigs.k8s.io/kueue/cmd/kueue'],
  version: 'v1.36.3',
  duration: { cold: '4 to 5 minutes', warm: '10 seconds' },
}

/** The oldest kubectl that the sandbox is held to: its requests are not those of the control plane's own. */
export const oldKubectlRecipe: Recipe = {
  name: 'kubectl',
  module: 'kubectl',
  inputs: ['kubectl/go.mod', 'kubectl/go.sum', 'kubectl/main.go'],
  packages: ['.'],
  version: 'v1.30.14',
  duration: { cold: '3 to 5 minutes', warm: '10 seconds' },
}

/** A finished build: programs in `bin`, rendered manifests in `manifests`. */
export interface Build {
  readonly folder: string
  /** changes with every input of the build */
  readonly key: string
}

export const program = (build: Build, name: string): string => join(build.folder, 'bin', name)

/**
 * The API server reports this version, and Kueue and some clients refuse to start on the default one. Stripping symbols
 * halves what has to be written and read.
 */
const linkerFlags = ({ version }: Recipe): string =>
  [
    '-s',
    '-w',
    `-X k8s.io/component-base/version.gitVersion=${version}`,
    '-X k8s.io/component-base/version.gitMajor=1',
    `-X k8s.io/component-base/version.gitMinor=${version.split('.')[1]}`,
  ].join(' ')

/** Fixed, because every other value makes Go compile everything again. */
const goEnvironment = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' }

/**
 * Takes a recipe and returns the name of its cache entry: SHA-256 over its input files, Go flags and this machine's
 * platform. The version of Go is the one go.mod asks for, so that a machine with the cache needs no Go.
 */
export function buildKey(recipe: Recipe): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([recipe.packages, linkerFlags(recipe), goEnvironment, process.platform, process.arch]))
  for (const input of recipe.inputs) hash.update(`\0${input}\0`).update(readFileSync(join(sources, input)))
  return hash.digest('hex')
}

/**
 * Returns the programs of a recipe, from the cache or built now. Building twice at a time is avoided: the second waits for
 * the first. Throws ControlPlaneUnavailable where this machine cannot build them.
 */
export async function build(recipe: Recipe, say: Say): Promise<Build> {
  const key = buildKey(recipe)
  const folder = join(cacheFolder(), `build-${key.slice(0, 16)}`)
  const done = { folder, key }
  if (existsSync(folder)) return done
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    throw new ControlPlaneUnavailable(`the test control plane runs on Linux and macOS, not on ${process.platform}`)
  }
  const go = await goVersion()
  if (go === undefined) {
    throw new ControlPlaneUnavailable(
      'the test control plane is built with Go (1.26 or newer), and there is no `go` on PATH; install it from https://go.dev/dl/',
    )
  }
  await mkdir(cacheFolder(), { recursive: true })
  const release = await lock(`${folder}.lock`, 'is building the same programs', say)
  try {
    if (existsSync(folder)) return done
    await buildInto(folder, recipe, go, say)
    return done
  } finally {
    await release()
  }
}

async function buildInto(folder: string, recipe: Recipe, go: string, say: Say): Promise<void> {
  const started = Date.now()
  say(
    `building the ${recipe.name} with ${go}, once: ${recipe.duration.cold} on two cores, ` +
      `${recipe.duration.warm} when Go's build cache is warm`,
  )
  const unfinished = `${folder}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(unfinished, 'bin'), { recursive: true })
  await goBuild(recipe, join(unfinished, 'bin'), say)
  if (recipe.name !== 'kubectl') {
    const kubectl =
      recipe === controlPlaneRecipe
        ? join(unfinished, 'bin', 'kubectl')
        : program(await build(controlPlaneRecipe, say), 'kubectl')
    await renderManifests(recipe.name, join(sources, recipe.module), unfinished, kubectl)
  }
  const seconds = Math.round((Date.now() - started) / 1000)
  await writeFile(join(unfinished, 'build.json'), JSON.stringify({ go, seconds }, null, 2))
  await rename(unfinished, folder)
  say(`built the ${recipe.name} in ${seconds} s: ${(await readdir(join(folder, 'bin'))).join(', ')}`)
}

async function goBuild(recipe: Recipe, output: string, say: Say): Promise<void> {
  const module = join(sources, recipe.module)
  const started = Date.now()
  let compiled = 0
  let downloaded = 0
  let last: string[] = []
  const child = spawn('go', ['build', '-v', '-ldflags', linkerFlags(recipe), '-o', `${output}/`, ...recipe.packages], {
    cwd: module,
    env: { ...process.env, ...goEnvironment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = text.split('\n').filter(Boolean)
    downloaded += lines.filter((line) => line.startsWith('go: downloading')).length
    compiled += lines.filter((line) => /^[\w./-]+$/.test(line)).length
    last = [...last, ...lines].slice(-30)
  })
  const seconds = () => Math.round((Date.now() - started) / 1000)
  const ticker = setInterval(() => {
    say(`  ${seconds()} s: ${downloaded} modules downloaded, ${compiled} packages compiled`)
  }, 15_000)
  const code = await new Promise<number | null>((ended, failed) => child.once('error', failed).once('close', ended))
  clearInterval(ticker)
  if (code !== 0) throw new Error(`go build in ${module} failed:\n${last.join('\n')}`)
}

async function goVersion(): Promise<string | undefined> {
  const child = spawn('go', ['env', 'GOVERSION'], { cwd: sources, stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const code = await new Promise<number | null>((ended) => child.once('error', () => ended(null)).once('close', ended))
  return code === 0 ? text.trim() : undefined
}
