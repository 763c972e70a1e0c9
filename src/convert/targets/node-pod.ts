import type { Container, EnvVar, PodTemplate } from '../../kube/pod.ts'
import { trainerContainer } from '../../v2/trainjob.ts'
import type { Intent, IntentRole } from '../intent.ts'
import { type Binding, boundEnv, helperNames } from './bound-env.ts'
import { renameContainer } from './rename.ts'

/** v1's pods one role after another are the pods of one replicated job. */
export function bindingFor(intent: Intent, template: PodTemplate, jobName = 'node'): Binding {
  const first = new Map<string, number>()
  let next = 0
  for (const { role, count } of intent.roles) {
    first.set(role, next)
    next += count
  }
  const used = new Set(template.spec.containers.flatMap(({ env = [] }) => env.map(({ name }) => name)))
  return {
    ...helperNames(used),
    rankField: "metadata.annotations['batch.kubernetes.io/job-completion-index']",
    indexField: "metadata.annotations['batch.kubernetes.io/job-completion-index']",
    hostOf: (role, index) => `${jobName}-0-${typeof index === 'number' ? (first.get(role) ?? 0) + index : index}`,
  }
}

/** Sources that Trainer's copy of spec.trainer.env drops (Trainer v2.3.0, pkg/apply/apply.go). */
export function loses(variable: EnvVar): boolean {
  const from = variable.valueFrom
  if (!from) return false
  const known = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef']
  const version = from.fieldRef?.apiVersion
  return Object.keys(from).some((source) => !known.includes(source)) || (version !== undefined && version !== 'v1')
}

/** Other containers stay in the runtime whole: Trainer puts nothing into them, so v1's env is written out. */
export function sidecar(container: Container, binding: Binding, role: IntentRole): Container {
  const user = renameContainer(container.env ?? [], role.main, trainerContainer)
  const everywhere = role.injected.filter(({ only }) => only === undefined)
  const env = [...user, ...boundEnv(everywhere, binding, role.role)]
  return env.length > 0 ? { ...container, env } : container
}

/** The pod template with the labels that name the job. */
export function withOwnLabels({ template, ownLabels }: IntentRole): PodTemplate {
  if (!ownLabels) return template
  return { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...ownLabels } } }
}
