import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pytorchManifest } from './pytorch-manifest.ts'

const main = join(import.meta.dirname, '../../src/main.ts')
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0

describe.skipIf(!hasKubectl)(
  '-k with the kubectl of this machine (skipped where there is none)',
  { timeout: 60_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'kustomize-'))
    beforeAll(() => {
      writeFileSync(join(folder, 'job.yaml'), JSON.stringify(pytorchManifest({ name: 'bert' })))
      writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [job.yaml]\nnamePrefix: prod-\n')
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    const convert = (path: string) =>
      spawnSync(process.execPath, [main, 'convert', '-k', path, '-o', 'name'], { encoding: 'utf8' })

    it('converts what the kustomization makes of the job', () => {
      const { status, stdout } = convert(folder)
      expect({ status, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
        status: 0,
        last: 'trainjob.trainer.kubeflow.org/prod-bert',
      })
    })

    it("shows kubectl's words where there is no kustomization", () => {
      const { status, stderr } = convert(join(folder, '..'))
      expect({ status, says: /unable to find one of 'kustomization\.yaml'/.test(stderr) }).toEqual({
        status: 2,
        says: true,
      })
    })
  },
)
