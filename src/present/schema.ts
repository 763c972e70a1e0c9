/** Parts of JSON schemas (2020-12) of what `-o json` prints. */
export const text = { type: 'string' }
export const whole = { type: 'integer' }
export const moment = { type: 'string', description: 'RFC 3339' }

/** An object with these members and no other; those not named as optional are always there. */
export function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  return {
    type: 'object',
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
    properties,
  }
}

export function list(items: object, description?: string) {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) }
}

/** A published schema of one kind of document. */
export function published(file: string, kind: string, about: string, body: object) {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://kubectl-migrate.dev/schema/${file}`,
    title: kind,
    description: `${about} Fields may be added; none of these goes or changes its meaning within v1.`,
    ...body,
  }
}

/** As published, of documents whose fields may still change. */
export function draft(file: string, kind: string, about: string, body: object) {
  return { ...published(file, kind, about, body), description: `${about} Fields may still change.` }
}

export const draftVersion = { const: 'kubectl-migrate.dev/v1alpha1' }
export const flag = { type: 'boolean' }
export const texts = { type: 'array', items: text }
export const apiVersion = { const: 'kubectl-migrate.dev/v1' }
export const phase = {
  enum: [
    'NotStarted',
    'V1Runs',
    'Twin',
    'BothRun',
    'Held',
    'NeitherRuns',
    'V1Finished',
    'V2Only',
    'Finalized',
    'Revived',
  ],
  description:
    'where the move stands; Held: v1 is kept suspended, the TrainJob ran or runs; NeitherRuns: also v1 that a cutover stopped, without a TrainJob; Finalized: moved, and v1 is gone; Revived: v1 was made anew after it',
}
export const link = { enum: ['recorded', 'name'], description: 'by what the two were paired' }
export const next = list(object({ type: text, does: text }), 'what to type next')
export const notRead = list(
  object({ resource: text, namespace: text, why: { enum: ['forbidden', 'not served', 'gone'] }, name: text }, [
    'namespace',
    'name',
  ]),
  'what could not be read, and is missing here',
)
