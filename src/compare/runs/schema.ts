/** Parts that come several times. */
const number = { type: 'number' }
const text = { type: 'string' }
const axis = {
  enum: ['step', 'epoch', 'order'],
  description: 'order: no line says a step or an epoch, their order counts',
}
const points = {
  type: 'array',
  description: 'at most 240 points of the steps both runs have, means of stretches where there are more',
  items: { type: 'array', items: number, minItems: 2, maxItems: 2 },
}

const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
  properties,
})

const run = object(
  {
    name: { type: 'string', description: 'the job, file or folder' },
    range: object({ axis, from: number, to: number }),
    logs: {
      type: 'array',
      items: object({
        name: text,
        bytes: { type: 'integer' },
        formats: {
          type: 'object',
          additionalProperties: { type: 'integer' },
          description: 'lines that said something, by format',
        },
        restarts: { type: 'integer', description: 'times the count of steps went back' },
      }),
    },
  },
  ['range'],
)

const metric = object(
  {
    name: text,
    kind: { enum: ['curve', 'result', 'speed', 'summary', 'utilisation', 'told'] },
    unit: text,
    axis,
    source: {
      enum: ['program', 'trainerStatus', 'clock', 'measured'],
      description:
        "what the program printed, at least on one side the TrainJob's status.trainerStatus, the times of lines, or what others measured",
    },
    v1: number,
    v2: number,
    at: { type: 'number', description: 'step or epoch of v1 and v2; absent: medians, or one number of the run' },
    difference: { type: 'number', description: 'fraction of the range of a curve or result, of v1 otherwise' },
    tolerance: { type: 'number', description: 'fraction; absent: shown and not judged' },
    shared: { type: 'integer', description: 'shared points' },
    verdict: { enum: ['match', 'differs', 'inconclusive', 'shown'] },
    why: text,
  },
  ['unit', 'axis', 'v1', 'v2', 'at', 'difference', 'tolerance', 'why'],
)

const check = object(
  {
    name: { enum: ['image digest', 'world size', 'processes', 'data path', 'seed'] },
    result: { enum: ['same', 'differs', 'unknown'] },
    v1: text,
    v2: text,
  },
  ['v1', 'v2'],
)

/** The JSON schema (2020-12) of what `compare -o json` prints, from which docs/schema/run-comparison.json is made. */
export const runComparisonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://kubectl-migrate.dev/schema/run-comparison.json',
  title: 'Comparison of two runs by kubectl-migrate',
  description:
    'What `compare -o json` prints. Fields may be added; none of these goes or changes its meaning within v1.',
  ...object(
    {
      apiVersion: { const: 'kubectl-migrate.dev/v1' },
      kind: { const: 'RunComparison' },
      name: text,
      verdict: { enum: ['match', 'differs', 'inconclusive'] },
      reasons: { type: 'array', items: text },
      v1: run,
      v2: run,
      shared: { type: 'integer', description: 'shared points of the curve compared first' },
      minSteps: { type: 'integer' },
      checks: { type: 'array', items: check },
      metrics: { type: 'array', items: metric },
      curves: { type: 'array', items: object({ metric: text, axis, v1: points, v2: points }) },
      notes: { type: 'array', items: text },
      next: { type: 'array', items: text, description: 'what to type next' },
    },
    ['shared'],
  ),
}
