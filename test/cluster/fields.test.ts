import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { v1Kinds } from '../../src/v1/kinds.ts'
import { dialects } from '../../src/v2/dialects/index.ts'
import { fieldList, leafLines, readFieldList, type Schema } from '../unit/fields/field-list.ts'
import { cluster } from './harness.ts'
import { trainerDefinitions } from './trainer-definitions.ts'

const file = new URL('../unit/fields/v1.txt', import.meta.url)

/** The parts of a CustomResourceDefinition that hold its schema. */
interface Definition {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] }
}

const schemaOf = ({ spec }: Definition): Schema => spec.versions[0]?.schema.openAPIV3Schema ?? {}

describe('the list of fields that the ledger is tested with', () => {
  it('is that of Training Operator', async () => {
    const { get } = cluster()
    const kinds = await Promise.all(
      v1Kinds.map(async ({ kind, resource }) => {
        const definition = await get<Definition>(['crd', `${resource.plural}.kubeflow.org`])
        return [kind, schemaOf(definition)] as const
      }),
    )
    const list = fieldList(Object.fromEntries(kinds), 'v1.9.4')
    if (process.env['MIGRATE_TEST_UPDATE'] === 'fields') writeFileSync(file, list)
    expect(list).toBe(readFileSync(file, 'utf8'))
  })

  it.each(dialects)(
    'lacks in a runtime of Trainer $release what is refused for it',
    async ({ release, newerPodFields }) => {
      const definitions = await trainerDefinitions(release)
      const runtime = definitions.find(({ metadata }) => metadata.name.startsWith('trainingruntimes.'))
      const known = new Set(templateLines(schemaOf(runtime as unknown as Definition)))
      const ofV1 = readFieldList(readFileSync(file, 'utf8')).get('template')?.leaves ?? []
      const missing = ofV1
        .filter(({ path }) => !path.includes('ephemeralContainers') && !known.has(path.join('.')))
        .map(({ path }) => path)
      const refused = (path: readonly string[]) =>
        path.some((_, at) =>
          newerPodFields?.test(
            path
              .slice(0, at + 1)
              .join('.')
              .replaceAll('.[]', '[0]'),
          ),
        )
      expect(missing.filter((path) => !refused(path))).toEqual([])
      expect(ofV1.map(({ path }) => path).filter((path) => refused(path) && known.has(path.join('.')))).toEqual([])
    },
  )
})

/** Paths of the leaves of the pod templates that a runtime holds. */
function templateLines(runtime: Schema): string[] {
  const way = ['spec', 'template', 'spec', 'replicatedJobs', '[]', 'template', 'spec', 'template']
  let schema = runtime
  for (const name of way) schema = (name === '[]' ? schema.items : schema.properties?.[name]) ?? {}
  return leafLines(schema).map((line) => line.replace(/!? \w+$/, ''))
}
