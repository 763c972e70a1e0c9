import type { Cluster } from '../cluster/cluster.ts'
import type { Isolation, TwinChanges } from '../convert/twin.ts'
import { exitCode } from '../exit-code.ts'
import { claimNames, type SharedVolume, sharedVolumes } from '../migration/shared-volumes.ts'
import { Problem } from '../problem.ts'
import { readClaims } from '../read/twins.ts'
import type { V1Job } from '../v1/job.ts'

/** The twin that somebody asks for. */
export interface TwinAsked extends TwinChanges {
  /** what is added to the job's name */
  readonly suffix: string
  /** all volumes that nothing is said of are written to by both */
  readonly shareVolumes: boolean
  /** flags of the command but those about volumes, as typed */
  readonly flags: readonly string[]
}

export interface TwinDecided {
  readonly changes: TwinChanges
  /** volumes that both would write to, and that nothing is decided of */
  readonly undecided: readonly SharedVolume[]
}

/** Looks at the volumes of a job and at what was decided of them. Throws a Problem (exit 2) for a decision that cannot be. */
export async function decideTwin(cluster: Cluster, job: V1Job, asked: TwinAsked): Promise<TwinDecided> {
  const { isolate, nodes, env, command, shareVolumes } = asked
  const shared = sharedVolumes(job, await readClaims(cluster, job.namespace, claimNames(job)))
  refuseUnknown(job, isolate)
  for (const [name, how] of Object.entries(isolate)) {
    const volume = shared.find((candidate) => candidate.name === name)
    if (volume && !volume.ways.includes(how)) throw impossible(volume, how)
  }
  const open = shared.filter(({ name }) => !(name in isolate))
  const sharing = shareVolumes ? open.filter(({ ways }) => ways.includes('share')) : []
  return {
    changes: {
      isolate: { ...isolate, ...Object.fromEntries(sharing.map(({ name }) => [name, 'share' as const])) },
      env,
      ...(nodes === undefined ? {} : { nodes }),
      ...(command === undefined ? {} : { command }),
    },
    undecided: open.filter((volume) => !sharing.includes(volume)),
  }
}

function refuseUnknown(job: V1Job, isolate: TwinChanges['isolate']): void {
  const names = new Set(job.replicas.flatMap(({ template }) => (template.spec.volumes ?? []).map(({ name }) => name)))
  const unknown = Object.keys(isolate).find((name) => !names.has(name))
  if (unknown === undefined) return
  throw new Problem({
    code: 'wrong-flag-value',
    what: `--isolate ${unknown}=…: ${job.info.kind} ${job.namespace}/${job.name} has no volume of that name`,
    why: names.size === 0 ? 'it has no volumes' : `its volumes are ${[...names].join(', ')}`,
    exit: exitCode.usage,
  })
}

function impossible({ name, what, ways }: SharedVolume, how: Isolation): Problem {
  return new Problem({
    code: 'wrong-flag-value',
    what: `volume ${name} cannot be isolated by ${how}: it is ${what}`,
    next: ways.map((way) => `--isolate ${name}=${way}`),
    exit: exitCode.usage,
  })
}
