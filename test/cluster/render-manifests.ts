import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dump, load, loadAll } from 'js-yaml'

const run = promisify(execFile)

/** A set of manifests as `kubectl kustomize` renders it from a Go module's own sources. */
interface Source {
  readonly name: ManifestSet
  readonly module: string
  readonly overlay: string
}

export type ManifestSet = 'training-operator' | 'jobset' | 'trainer' | 'runtimes' | 'kueue'

const sourcesOf: Record<'control-plane' | 'kueue', readonly Source[]> = {
  'control-plane': [
    {
      name: 'training-operator',
      module: 'github.com/kubeflow/training-operator',
      overlay: 'manifests/overlays/standalone',
    },
    { name: 'jobset', module: 'sigs.k8s.io/jobset', overlay: 'config/default' },
    { name: 'trainer', module: 'github.com/kubeflow/trainer/v2', overlay: 'manifests/overlays/manager' },
    { name: 'runtimes', module: 'github.com/kubeflow/trainer/v2', overlay: 'manifests/base/runtimes' },
  ],
  kueue: [{ name: 'kueue', module: 'sigs.k8s.io/kueue', overlay: 'config/default' }],
}

/**
 * Renders the manifests the operators ship into `<folder>/manifests/<set>.json`, from the Go module cache; part of a build,
 * so that a start needs neither Go nor the module cache.
 */
export async function renderManifests(
  recipe: 'control-plane' | 'kueue',
  moduleFolder: string,
  folder: string,
  kubectl: string,
): Promise<void> {
  await mkdir(join(folder, 'manifests'), { recursive: true })
  for (const { name, module, overlay } of sourcesOf[recipe]) {
    const { stdout: found } = await run('go', ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', module], {
      cwd: moduleFolder,
    })
    const root = await localCopy(found.trim(), overlay, join(folder, 'kustomize'))
    const { stdout } = await run(kubectl, ['kustomize', join(root, overlay)], { maxBuffer: 64 << 20 })
    const objects = loadAll(stdout).filter(Boolean)
    await writeFile(join(folder, 'manifests', `${name}.json`), JSON.stringify(objects))
  }
  await rm(join(folder, 'kustomize'), { recursive: true, force: true })
}

/**
 * Copies the manifests' top folder and strikes out resources fetched from elsewhere: Trainer's overlay brings JobSet from
 * its `third-party` folder (v2.3.0, manifests/overlays/manager), and the module's own JobSet is used instead.
 */
async function localCopy(moduleRoot: string, overlay: string, workspace: string): Promise<string> {
  const top = overlay.split('/')[0] ?? overlay
  await rm(workspace, { recursive: true, force: true })
  await cp(join(moduleRoot, top), join(workspace, top), { recursive: true })
  // the module cache is read-only, and its copy is too
  await run('chmod', ['-R', 'u+w', workspace])
  const path = join(workspace, overlay, 'kustomization.yaml')
  const kustomization = load(await readFile(path, 'utf8')) as { resources?: string[] }
  const resources = (kustomization.resources ?? []).filter((resource) => !resource.includes('third-party'))
  await writeFile(path, dump({ ...kustomization, resources }))
  return workspace
}
