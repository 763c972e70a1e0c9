import definitions from './definitions.json' with { type: 'json' }
import { remembered } from './remembered.ts'
import { qualifiedName, type ServedResource } from './served.ts'

/** OpenAPI v3 as Kubernetes writes it: the members that are read here. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly minItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[]
}

export const schemas = definitions.schemas as Readonly<Record<string, Schema>>
const kinds = definitions.kinds as Readonly<Record<string, string>>

/** `io.k8s.api.core.v1.Pod` */
export function schemaName(resource: ServedResource): string {
  const name = kinds[qualifiedName(resource)]
  if (name === undefined) throw new Error(`no schema of ${resource.kind} is recorded`)
  return name
}

/** A reference to the schema of a resource’s objects. Throws where none is recorded. */
export const schemaRef = remembered((resource: ServedResource): Schema => {
  return { $ref: `#/components/schemas/${schemaName(resource)}` }
})

/** The schema of a resource’s objects. Throws where none is recorded. */
export function schemaOf(resource: ServedResource): Schema {
  return followed(schemaRef(resource))
}

const builtIn = /^#\/components\/schemas\/io\.k8s\./

/** Whether a reference is to a type of Kubernetes itself. */
export function isBuiltIn({ $ref = '' }: Schema): boolean {
  return builtIn.test($ref)
}

/** The schema a reference stands for. */
export const followed = remembered((schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema
  const { $ref, ...rest } = schema
  const found = schemas[$ref.replace('#/components/schemas/', '')]
  if (!found) throw new Error(`${$ref} is not recorded`)
  return { ...followed(found), ...rest }
})

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly description?: string
  readonly priority?: number
}

/** What a custom resource's definition says that `kubectl get` shows. */
export function printerColumns(resource: ServedResource): readonly PrinterColumn[] | undefined {
  return (definitions.columns as Readonly<Record<string, readonly PrinterColumn[]>>)[qualifiedName(resource)]
}
