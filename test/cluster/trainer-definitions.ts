import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { load } from 'js-yaml'
import type { Manifest } from './manifests.ts'

/**
 * The CustomResourceDefinitions of a release of Trainer, from its Go module (kubeflow/trainer, manifests/base/crds).
 * @param release a tag, e.g. `v2.0.1`
 * @throws Error where Go is absent or the module cannot be had
 */
export async function trainerDefinitions(release: string): Promise<Manifest[]> {
  const module = `github.com/kubeflow/trainer/v2@${release}`
  // outside of any module, so that no go.mod or go.sum of this repository is looked at or changed
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: tmpdir() })
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string }
  const crds = join(folder, 'manifests', 'base', 'crds')
  const files = (await readdir(crds)).filter((file) => file.startsWith('trainer.kubeflow.org_'))
  if (files.length === 0) throw new Error(`${module} has no definitions in manifests/base/crds`)
  return Promise.all(files.map(async (file) => load(await readFile(join(crds, file), 'utf8')) as Manifest))
}
