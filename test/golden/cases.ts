import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MpiTransport } from '../../src/convert/features/mpi.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { readDocuments } from '../../src/kube/yaml.ts'

export interface GoldenCase {
  readonly name: string
  readonly folder: string
  /** the first line of the input: what the case proves */
  readonly proves: string
  readonly object: KubeObject
  /** of a second line `# --mpi WAY` */
  readonly mpi?: MpiTransport
  /** of a second line `# --gang-scheduler NAME` */
  readonly gangScheduler?: string
}

/** The cases of test/golden/convert, one folder each. */
export function goldenCases(): readonly GoldenCase[] {
  const root = join(import.meta.dirname, 'convert')
  return readdirSync(root).map((name) => {
    const folder = join(root, name)
    const text = readFileSync(join(folder, 'input.yaml'), 'utf8')
    const [document] = readDocuments(text, `${name}/input.yaml`)
    if (!document?.object) throw new Error(`${name}: ${document?.problem?.data.what ?? 'no object'}`)
    const proves = /^# (.+)\n/.exec(text)?.[1] ?? ''
    const mpi = /^# --mpi (exec|ssh)$/m.exec(text)?.[1] as MpiTransport | undefined
    const gangScheduler = /^# --gang-scheduler (\S+)$/m.exec(text)?.[1]
    return { name, folder, proves, mpi, gangScheduler, object: document.object as unknown as KubeObject }
  })
}
