import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isRecord, type KubeObject } from '../../kube/object.ts'
import { readDocuments } from '../../kube/yaml.ts'
import { type FieldRange, fieldsUnknownTo, runtimeFields, trainJobFields } from './fields.ts'
import { dialectOf, dialects } from './index.ts'

const definitions = join(import.meta.dirname, '../../../../shared/crds')

/** Every field of a release's definition, `spec.trainer.env[].name`. */
function fieldsOf(release: string, plural: string): Set<string> {
  const text = readFileSync(join(definitions, release, `trainer.kubeflow.org_${plural}.yaml`), 'utf8')
  const crd = readDocuments(text, plural)[0]?.object as unknown as {
    spec: { versions: { schema: { openAPIV3Schema: unknown } }[] }
  }
  const found = new Set<string>()
  const walk = (schema: unknown, path: string): void => {
    if (!isRecord(schema)) return
    for (const [name, field] of Object.entries(isRecord(schema['properties']) ? schema['properties'] : {})) {
      const at = path === '' ? name : `${path}.${name}`
      found.add(at)
      walk(field, at)
    }
    if (isRecord(schema['items'])) walk(schema['items'], `${path}[]`)
  }
  walk(crd.spec.versions[0]?.schema.openAPIV3Schema, '')
  return found
}

describe.skipIf(!existsSync(definitions))('the table of fields (skipped where the definitions are not at hand)', () => {
  it.each<[string, readonly FieldRange[]]>([
    ['trainjobs', trainJobFields],
    ['trainingruntimes', runtimeFields],
    ['clustertrainingruntimes', runtimeFields],
  ])('has every field of %s that one release has and another has not', (plural, ranges) => {
    const all = dialects.map(({ release }) => fieldsOf(release, plural))
    const somewhere = new Set(all.flatMap((fields) => [...fields]))
    const told = (path: string) =>
      ranges.filter(({ path: known }) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`))
    const has = (path: string, version: string) =>
      told(path).every(({ since = '', until = '9' }) => version >= since && version <= until)
    const wrong = [...somewhere]
      .filter((path) => path.startsWith('spec'))
      .flatMap((path) =>
        dialects
          .filter(({ version }, at) => has(path, version) !== all[at]?.has(path))
          .map(({ version }) => `${version} ${path}`),
      )
    expect(wrong).toEqual([])
    expect(ranges.filter(({ path }) => !somewhere.has(path))).toEqual([])
  })
})

describe('what a release does not know', () => {
  const job = { apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob', metadata: {} }
  const variable = { name: 'A', valueFrom: { fileKeyRef: { key: 'A' } } }

  it.each<[string, Record<string, unknown>, string[]]>([
    ['2.3', { podSpecOverrides: [], labels: { a: 'b' } }, ['spec.podSpecOverrides', 'spec.labels']],
    ['2.1', { runtimePatches: [], activeDeadlineSeconds: 1 }, ['spec.runtimePatches', 'spec.activeDeadlineSeconds']],
    ['2.0', { trainer: { env: [{ name: 'B' }, variable] } }, ['spec.trainer.env.1.valueFrom.fileKeyRef']],
    ['2.2', { runtimePatches: [{ manager: 'a/b' }], podTemplateOverrides: null }, []],
  ])('v%s', (version, spec, unknown) => {
    const dialect = dialectOf(version) ?? dialects[0]
    const found = dialect ? fieldsUnknownTo(dialect, { ...job, spec } as KubeObject) : []
    expect(found.map((path) => path.join('.'))).toEqual(unknown)
  })
})
