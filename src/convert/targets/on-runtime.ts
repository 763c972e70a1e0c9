import { equalJson } from '../../kube/clone.ts'
import type { Container, EnvVar, PodTemplate } from '../../kube/pod.ts'
import type { Dialect, PodOverride } from '../../v2/dialects/dialect.ts'
import {
  ancestorLabel,
  queueAnnotation,
  type ReplicatedJob,
  type Trainer,
  type TrainingRuntime,
  trainerContainer,
  usualQueue,
} from '../../v2/trainjob.ts'
import { type Finding, findingAt } from '../finding.ts'
import type { Intent, IntentRole } from '../intent.ts'
import { areAlike } from './alike.ts'
import { boundEnv } from './bound-env.ts'
import { byRole } from './by-role.ts'
import { mpiPolicyTarget } from './mpi-policy.ts'
import { bindingFor, sidecar, withOwnLabels } from './node-pod.ts'
import { doubledMount, overrideFor } from './override-for.ts'
import { renameContainer, renameInMetadata, renameInPod } from './rename.ts'
import { withRoleIndex } from './role-index.ts'
import { processCount, reservedByTorch } from './torch.ts'

/** What goes into a TrainJob whose runtime exists already. */
export interface Placement {
  readonly trainer?: Trainer
  readonly overrides?: readonly PodOverride[]
  /** of the TrainJob, where its runtime's Jobs have not the same */
  readonly activeDeadlineSeconds?: number
  readonly findings: readonly Finding[]
}

/**
 * Everything a job needs and a runtime does not have, as a TrainJob can say it; or why it cannot, in one clause. Whether the pods come
 * out the same is for the proof to say.
 */
export function onRuntime(
  intent: Intent,
  runtime: TrainingRuntime,
  dialect: Dialect,
): Placement | { readonly unfit: string } {
  if (runtime.spec.mlPolicy?.flux) return { unfit: 'it has the flux policy, whose pods nobody here can predict' }
  const otherGang = gangUnfit(intent, runtime)
  if (otherGang !== undefined) return { unfit: otherGang }
  const placed = areAlike(intent) ? onNode(intent, runtime, dialect) : onRoles(intent, runtime, dialect)
  if ('unfit' in placed) return placed
  const seconds = intent.activeDeadlineSeconds
  const jobs = runtime.spec.template.spec.replicatedJobs
  const known = jobs.every(({ template }) => template.spec.activeDeadlineSeconds === seconds)
  if (seconds === undefined || known || dialect.field !== 'runtimePatches') return placed
  const finding = findingAt('spec.runPolicy.activeDeadlineSeconds', {
    code: 'deadline-deletes-pods',
    message: `after ${seconds} s Trainer deletes the pods and with them their logs`,
  })
  return { ...placed, activeDeadlineSeconds: seconds, findings: [...placed.findings, finding] }
}

/** Why pods that are a gang would be another one, or none, on a runtime. */
function gangUnfit({ gang }: Intent, { spec }: TrainingRuntime): string | undefined {
  const [policy] = Object.keys(gang?.policy ?? {})
  if (!gang || policy === undefined) return undefined
  const theirs = spec.podGroupPolicy ?? {}
  if (theirs[policy] === undefined) return `it has no podGroupPolicy.${policy}`
  if (!equalJson(theirs, gang.policy)) return 'its podGroupPolicy is another'
  const queue = spec.template.metadata?.annotations?.[queueAnnotation] ?? usualQueue
  return gang.queue === undefined || queue === gang.queue ? undefined : `its queue is ${queue}`
}

function isTrainer({ template }: ReplicatedJob): boolean {
  return template.metadata?.labels?.[ancestorLabel] === 'trainer'
}

function containerOf(job: ReplicatedJob, name: string): Container | undefined {
  return job.template.spec.template.spec.containers.find((container) => container.name === name)
}

/** Roles that are alike are the pods of the runtime's trainer job. */
function onNode(intent: Intent, runtime: TrainingRuntime, dialect: Dialect): Placement | { unfit: string } {
  const job = runtime.spec.template.spec.replicatedJobs.find(isTrainer)
  const node = job && containerOf(job, trainerContainer)
  if (!job || !node) return { unfit: `it has no job labelled trainer with a container ${trainerContainer}` }
  const [role] = intent.roles
  if (!role) return { unfit: 'the job has no replicas' }
  const binding = bindingFor(intent, role.template, job.name)
  const renamed = renameInPod(role.template.spec, role.main, trainerContainer)
  const template = { ...role.template, spec: withRoleIndex(renamed, binding) }
  const main = template.spec.containers.find(({ name }) => name === role.main)
  if (!main) return { unfit: 'the job has no replicas' }
  const torch = runtime.spec.mlPolicy?.torch !== undefined
  const refused = torch ? (main.env ?? []).find(({ name }) => reservedByTorch.includes(name)) : undefined
  if (refused) return { unfit: `its torch policy refuses env ${refused.name}` }

  const injected = torch ? role.injected.filter(({ name }) => !reservedByTorch.includes(name)) : role.injected
  const env = [
    ...renameContainer(main.env ?? [], role.main, trainerContainer),
    ...boundEnv(injected, binding, role.role),
  ]
  const { metadata, findings } = renameInMetadata(withOwnLabels(role), role.main, trainerContainer, role.path)
  const ours: PodTemplate = {
    ...(metadata ? { metadata } : {}),
    spec: {
      ...template.spec,
      containers: template.spec.containers.map((container) =>
        container.name === role.main ? { ...container, name: trainerContainer } : sidecar(container, binding, role),
      ),
    },
  }
  const total = intent.roles.reduce((sum, { count }) => sum + count, 0)
  const trainer = trainerFor({ ...main, env }, node, dialect)
  if ('unfit' in trainer) return trainer
  const override = overrideOn(job, ours, dialect)
  if ('unfit' in override) return override
  return {
    trainer: { numNodes: total, ...trainer, ...(torch ? processCount(role.injected, dialect) : {}) },
    overrides: override.overrides,
    findings,
  }
}

/** Roles that differ are replicated jobs of their own names; the TrainJob brings what an override can say. */
function onRoles(intent: Intent, runtime: TrainingRuntime, dialect: Dialect): Placement | { unfit: string } {
  const target = intent.mpi ? mpiPolicyTarget(intent, intent.mpi) : byRole(intent, dialect)
  const jobs = runtime.spec.template.spec.replicatedJobs
  const overrides: PodOverride[] = []
  let trainer = target.trainer
  for (const ours of target.jobSet.replicatedJobs) {
    const theirs = jobs.find(({ name }) => name === ours.name)
    if (!theirs) return { unfit: `it has no replicated job ${ours.name}` }
    const role = intent.roles.find(({ role: name }) => name === ours.name)
    const override = overrideOn(
      theirs,
      role ? withOwn(ours.template.spec.template, role) : ours.template.spec.template,
      dialect,
    )
    if ('unfit' in override) return override
    overrides.push(...override.overrides)
    const node = containerOf(theirs, trainerContainer)
    const main = containerOf(ours, trainerContainer)
    if (!isTrainer(theirs) || !node || !main) continue
    const own = trainerFor(main, node, dialect)
    if ('unfit' in own) return own
    trainer = { ...trainer, ...own }
  }
  return { ...(trainer ? { trainer } : {}), overrides, findings: target.findings }
}

/** A by-role template with what was taken out of it for the TrainJob. */
function withOwn(template: PodTemplate, { own = {}, ownLabels }: IntentRole): PodTemplate {
  const spec = { ...template.spec }
  for (const [field, value] of Object.entries(own)) {
    const before = spec[field]
    spec[field] = Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value
  }
  if (!ownLabels) return { ...template, spec }
  return { metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...ownLabels } }, spec }
}

function overrideOn(
  job: ReplicatedJob,
  ours: PodTemplate,
  dialect: Dialect,
): { overrides: PodOverride[] } | { unfit: string } {
  const override = overrideFor(job.name, ours, job.template.spec.template, dialect)
  const doubled = override && doubledMount(override)
  if (doubled !== undefined) return { unfit: `volume ${doubled} is mounted twice, which an override cannot say` }
  return { overrides: override ? [override] : [] }
}

/** The fields of spec.trainer that make the runtime's container run what ours runs. */
function trainerFor(main: Container, node: Container, dialect: Dialect): Trainer | { unfit: string } {
  const trainer: Trainer = {
    ...(main.image !== undefined && main.image !== node.image ? { image: main.image } : {}),
    ...(main.command && !equalJson(main.command, node.command) ? { command: main.command } : {}),
    ...(main.args && !equalJson(main.args, node.args) ? { args: main.args } : {}),
    ...envFor(main.env ?? [], node.env ?? []),
    ...(main.resources && !equalJson(main.resources, node.resources) ? { resourcesPerNode: main.resources } : {}),
  }
  const texts = [...(trainer.command ?? []), ...(trainer.args ?? [])]
  const items = [trainer.command, trainer.args, trainer.env].map((list) => list?.length ?? 0)
  if (Math.max(...items) > dialect.trainerItems) return { unfit: `spec.trainer takes ${dialect.trainerItems} items` }
  if (texts.some((text) => text.length > dialect.trainerText)) {
    return { unfit: `spec.trainer takes ${dialect.trainerText} characters an argument` }
  }
  return trainer
}

/** Variables the runtime has already are left out, but where another refers to them: order would matter. */
function envFor(ours: readonly EnvVar[], theirs: readonly EnvVar[]): Pick<Trainer, 'env'> {
  const refers = ours.some(({ value = '' }) => value.includes('$('))
  const env = refers ? [...ours] : ours.filter((variable) => !theirs.some((other) => equalJson(other, variable)))
  return env.length > 0 ? { env } : {}
}
