import { describe, expect, it } from 'vitest'
import { openApi } from './open-api.ts'

const trainer = '/openapi/v3/apis/trainer.kubeflow.org/v1alpha1'

interface Described {
  readonly paths: Readonly<Record<string, { readonly patch: { readonly parameters: readonly { name: string }[] } }>>
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> }
}

const described = (path: string): Described => JSON.parse(openApi(path) ?? expect.fail(`${path} is not described`))

describe('openApi', () => {
  it('names every group it describes', () => {
    const { paths } = described('/openapi/v3')
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/trainer.kubeflow.org/v1alpha1']))
    for (const path of Object.keys(paths)) expect(openApi(`/openapi/v3/${path}`)).toContain('"openapi":"3.0.0"')
  })

  it('describes a group by its schemas and what writes may ask for', () => {
    const { paths, components } = described(trainer)
    const path = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/{namespace}/trainjobs/{name}'
    expect(paths[path]?.patch.parameters.map(({ name }) => name)).toContain('fieldValidation')
    const [name = ''] = Object.keys(components.schemas).filter((key) => key.endsWith('.trainer.v1alpha1.TrainJob'))
    expect(Object.keys(components.schemas[name]?.properties ?? {})).toContain('spec')
    // what definitions.json says once is written out
    expect(openApi(trainer)).not.toContain('/schemas/shared.')
    expect(openApi('/openapi/v3/api/v1')).not.toContain('TrainJob')
  })

  it('describes nothing that is not served', () => {
    expect([openApi('/openapi/v3/apis/nobody.example.org/v1'), openApi('/healthz')]).toEqual([undefined, undefined])
  })
})
