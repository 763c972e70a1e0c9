import type { QuotaRow } from '../../compare/quota.ts'
import type { TwinChanges } from '../../convert/twin.ts'
import { parseQuantity } from '../../kube/quantity.ts'
import { isSuspended } from '../../v1/state.ts'
import { isTrainJobName, longestPodName, longestTrainJobName } from '../../v2/names.ts'
import { isolateFlags, type SharedVolume } from '../shared-volumes.ts'
import { someOf } from '../words.ts'
import type { Guard, JobEvidence, TargetEvidence } from './guard.ts'

/** What guards on a twin look at besides. */
export interface TwinEvidence extends TargetEvidence {
  /** what is added to the job's name */
  readonly suffix: string
  readonly quotas: readonly QuotaRow[]
  /** those that are not decided yet */
  readonly undecided: readonly SharedVolume[]
  /** what was said of volumes */
  readonly isolate: TwinChanges['isolate']
  /** other flags of the same command, as typed */
  readonly flags: readonly string[]
}

/** What guards on a v2 that starts before v1 stops look at besides. */
export interface OverlapEvidence extends TargetEvidence {
  readonly quotas: readonly QuotaRow[]
  readonly shared: readonly SharedVolume[]
}

/** A twin runs beside a job that runs: alone it would be the job itself. */
export const v1Suspended: Guard<JobEvidence> = {
  code: 'v1-suspended',
  check({ v1, kind, namespace, name }) {
    if (!isSuspended(v1)) return undefined
    return {
      message: 'it is suspended, and a twin runs beside its job',
      remedy: [`$0 status ${kind.kind.toLowerCase()}/${name} -n ${namespace}`],
    }
  },
}

/** The job's name with a suffix must still be one that JobSet takes. */
export const twinNameLength: Guard<TwinEvidence> = {
  code: 'name-length',
  check({ plan, suffix }) {
    const { name, trainJobName, conversion } = plan
    const most = longestTrainJobName(trainJobName, conversion.proof.v2)
    if (trainJobName.length <= most && isTrainJobName(trainJobName)) return undefined
    const room = most - name.length
    const shorter = suffix.slice(0, room).replace(/-+$/, '')
    return {
      message: `its twin’s name ${trainJobName} has ${trainJobName.length} characters, and a TrainJob of this shape may have ${most}`,
      why: `JobSet refuses pod names of more than ${longestPodName} characters, and adds ${longestPodName - most} to the job's`,
      remedy:
        shorter === ''
          ? ['no suffix fits: a job of so long a name cannot have a twin; cutover needs none']
          : [`--suffix ${shorter}   (${room} characters are the most that fit)`],
    }
  },
}

/** A quota that has no room for a second copy would leave the twin without some of its pods. */
export const quotaRoom: Guard<TargetEvidence & Pick<TwinEvidence, 'quotas'>> = {
  code: 'quota',
  check({ facts, quotas, plan }) {
    if (facts.trainJob) return undefined
    const lacking = quotas.filter(lacks)
    if (lacking.length === 0) return undefined
    const told = lacking.map(
      ({ quota, resource, hard, used, v2 }) =>
        `ResourceQuota ${quota} gives ${hard} ${resource}: ${used} are used, and the twin takes ${v2}`,
    )
    const nodes = plan.conversion.proof.v2.length > 1 ? ['--nodes N   (a twin with fewer pods, for a short trial)'] : []
    return { message: someOf(told), remedy: [...nodes, 'ask for a larger quota, or cut over without a twin'] }
  },
}

function lacks({ hard, used, v2, scoped }: QuotaRow): boolean {
  const [limit, taken, wanted] = [hard, used, v2].map((text) => parseQuantity(text))
  if (scoped || limit === undefined || taken === undefined || wanted === undefined) return false
  return wanted > 0n && taken + wanted > limit
}

/** Two trainings that write to one place destroy each other's checkpoints. */
export const sharedVolumesDecided: Guard<TwinEvidence> = {
  code: 'shared-volumes',
  check({ undecided, plan, flags, isolate }) {
    if (undecided.length === 0) return undefined
    const told = undecided.map(({ name, what, evidence }) => `${name} (${what}): ${evidence.join('; ')}`)
    const [first = '', ...more] = told
    const suggested = undecided.flatMap(({ name, ways: [way] }) => (way ? [[name, way]] : []))
    const again = `$0 start ${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}`
    const command = [again, ...flags, ...isolateFlags({ ...isolate, ...Object.fromEntries(suggested) })].join(' ')
    const shareable = undecided.every(({ ways }) => ways.includes('share'))
    return {
      message: `v1 and the twin would both write to volume ${first}`,
      why: [...more.map((line) => `and to volume ${line}`), waysText(undecided)].join('\n'),
      remedy: [command, ...(shareable ? ['--share-volumes   (where they do not write to the same files)'] : [])],
    }
  },
}

/** Side by side on one volume, two trainings destroy each other's checkpoints also for a moment. */
export const overlapShared: Guard<OverlapEvidence> = {
  code: 'shared-volumes',
  check({ shared, plan }) {
    if (shared.length === 0) return undefined
    const told = shared.map(({ name, what, evidence }) => `volume ${name} (${what}): ${evidence.join('; ')}`)
    return {
      message: `v1 and v2 would both write to ${someOf(told)}`,
      why: 'with --overlap v2 starts before v1 stops',
      remedy: [
        `$0 cutover ${plan.kind.kind.toLowerCase()}/${plan.name} -n ${plan.namespace}   (v1 stops before v2 writes)`,
      ],
    }
  },
}

function waysText(undecided: readonly SharedVolume[]): string {
  const ways = [...new Set(undecided.flatMap((volume) => volume.ways))].filter((way) => way !== 'share')
  return `two trainings that write the same files destroy each other’s checkpoints: keep each apart (${ways.join(', ')}) or share it`
}
