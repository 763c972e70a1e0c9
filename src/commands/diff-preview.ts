import type { Cluster } from '../cluster/cluster.ts'
import type { Conversion } from '../convert/convert.ts'
import type { Env } from '../env.ts'
import { previewConversion, previewDifferences } from '../execute/preview-conversion.ts'
import { exitCode } from '../exit-code.ts'
import { hasLabel } from '../kube/label-selector.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import type { Snapshot } from '../read/snapshot.ts'
import { isTrainJobName, longestTrainJobName } from '../v2/names.ts'
import { v2Labels } from '../v2/pods.ts'
import type { Compared } from './diff-output.ts'
import { noteTo } from './screen.ts'

/** What a preview needs to know. */
interface Asked {
  readonly snapshot: Snapshot
  /** converts the job for a TrainJob of this name */
  readonly convert: (name: string) => Conversion
}

/** The comparison with what the operators render: of the TrainJob that exists, else of one made for that and removed again. */
export async function withPreview(
  env: Env,
  cluster: Cluster,
  compared: Compared,
  { snapshot, convert }: Asked,
): Promise<Compared> {
  const { namespace, trainJob, jobSet } = snapshot
  if (!trainJob) {
    const made = await previewConversion({
      cluster,
      namespace,
      conversion: convertShort(convert, compared),
      signal: env.signal,
      sleep: env.sleep,
      note: noteTo(env),
    })
    return { ...compared, preview: { ...made, exists: false } }
  }
  if (!jobSet) throw notRendered(namespace, trainJob.metadata.name ?? '')
  const labelSelector = hasLabel(v2Labels.jobSetName, trainJob.metadata.name ?? '')
  const { items } = await cluster.list(resources.jobs, { namespace, labelSelector })
  const differences = previewDifferences(compared.proof, jobSet, items)
  return { ...compared, preview: { differences, jobs: items.length, exists: true } }
}

/** A name that says what it is of, where JobSet takes it. */
function convertShort(convert: Asked['convert'], { job, proof }: Compared): Conversion {
  const telling = `${job.name}-v2-preview`
  const fits = isTrainJobName(telling) && telling.length <= longestTrainJobName(job.name, proof.v2)
  return convert(fits ? telling : 'migrate-preview')
}

function notRendered(namespace: string, name: string): Problem {
  return new Problem({
    code: 'preview-not-rendered',
    what: `TrainJob ${namespace}/${name} has no JobSet to look at`,
    next: [`$0 status trainjob/${name} -n ${namespace}`],
    exit: exitCode.no,
  })
}
