const text = { type: 'string' }

const object = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
})

/** The JSON schema (2020-12) of what `preflight -o json` prints, from which docs/schema/preflight.json is made. */
export const preflightSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://kubectl-migrate.dev/schema/preflight.json',
  title: 'Readiness of a cluster for a move by kubectl-migrate',
  description: 'What `preflight -o json` prints.',
  ...object({
    apiVersion: { const: 'kubectl-migrate.dev/v1alpha1' },
    kind: { const: 'Preflight' },
    context: text,
    namespace: text,
    ready: { type: 'boolean', description: 'whether no check blocks' },
    checks: {
      type: 'array',
      items: object({
        check: { type: 'string', description: 'an operator, or a verb of this program' },
        result: { enum: ['ok', 'warning', 'blocks'] },
        says: text,
        todo: { type: 'array', items: text, description: 'what to do about it' },
      }),
    },
    notes: { type: 'array', items: text, description: 'what may not be read' },
  }),
}
