import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { exitCode } from '../exit-code.ts'
import { isRecord } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { dialectOf, dialectOfSchema, dialects } from '../v2/dialects/index.ts'

const schemaPath = '/openapi/v3/apis/trainer.kubeflow.org/v1alpha1'
const schemaSuffix = '.trainer.v1alpha1.TrainJob'

/**
 * What the cluster's Trainer understands, from the API server's own description of TrainJobs, which every user may read. Throws a
 * Problem when Trainer is not installed, or speaks a dialect nobody here knows.
 */
export async function readDialect(cluster: Cluster): Promise<Dialect> {
  const spec = await readSpecSchema(cluster)
  const fields = Object.keys(isRecord(spec?.['properties']) ? spec['properties'] : {})
  const known = dialectOfSchema(fields, JSON.stringify(spec ?? {}).includes('"terminationGracePeriodSeconds"'))
  if (known) return known
  throw new Problem({
    code: 'unknown-dialect',
    what: 'the Trainer of this cluster takes no overrides of a kind known here',
    where: 'trainjobs.trainer.kubeflow.org, spec',
    why: `its fields are ${fields.join(', ') || '(none)'}; known are ${dialects.map(({ field }) => field).join(', ')}`,
    exit: exitCode.cluster,
  })
}

async function readSpecSchema(cluster: Cluster): Promise<Record<string, unknown> | undefined> {
  try {
    const document = await cluster.raw(schemaPath)
    const components = isRecord(document) ? document['components'] : undefined
    const schemas = isRecord(components) ? components['schemas'] : undefined
    if (!isRecord(schemas)) return undefined
    const name = Object.keys(schemas).find((key) => key.endsWith(schemaSuffix))
    const schema = name === undefined ? undefined : schemas[name]
    const properties = isRecord(schema) ? schema['properties'] : undefined
    const spec = isRecord(properties) ? properties['spec'] : undefined
    return isRecord(spec) ? spec : undefined
  } catch (error) {
    if (!failedWith(error, 'notFound') && !failedWith(error, 'apiAbsent')) throw error
    throw new Problem({
      code: 'no-trainer',
      what: 'this cluster does not serve trainjobs.trainer.kubeflow.org',
      why: 'Trainer v2 is not installed here, or the context is another cluster than you mean',
      next: ['kubectl config current-context', 'kubectl get crd trainjobs.trainer.kubeflow.org'],
      exit: exitCode.cluster,
    })
  }
}

/** The dialect named by --target-version; undefined when none was. Throws a Problem for one nobody knows. */
export function namedDialect(version: string | undefined): Dialect | undefined {
  if (version === undefined) return undefined
  const dialect = dialectOf(version)
  if (dialect) return dialect
  throw new Problem({
    code: 'unknown-version',
    what: `--target-version ${version} is not known: it takes ${dialects.map(({ version: known }) => known).join(', ')}`,
    exit: exitCode.usage,
  })
}
