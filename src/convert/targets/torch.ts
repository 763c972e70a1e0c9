import type { SymbolicEnv } from '../../v1/symbolic-env.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import type { Trainer } from '../../v2/trainjob.ts'
import type { Intent } from '../intent.ts'
import { alike, areAlike } from './alike.ts'
import type { Target } from './target.ts'

/** Env variables the torch policy sets itself and refuses in spec.trainer.env (Trainer v2.3.0, pkg/constants, plugins/torch/torch.go). */
export const reservedByTorch: readonly string[] = [
  'PET_NNODES',
  'PET_NPROC_PER_NODE',
  'PET_NODE_RANK',
  'PET_MASTER_ADDR',
  'PET_MASTER_PORT',
]

/** numProcPerNode that gives the PET_NPROC_PER_NODE v1 injected: a number in every version, words up to v2.1 only. */
export function processCount(injected: readonly SymbolicEnv[], dialect: Dialect): Pick<Trainer, 'numProcPerNode'> {
  const [value] = injected.find(({ name }) => name === 'PET_NPROC_PER_NODE')?.parts ?? []
  if (typeof value !== 'string') return {}
  if (/^\d+$/.test(value)) return { numProcPerNode: Number(value) }
  return dialect.field === 'runtimePatches' ? {} : { numProcPerNode: value }
}

/**
 * v2's own idiom for PyTorch: Trainer tells torchrun its rendezvous, RANK and its like are kept by env for plain python. Undefined where
 * the job is none for it: roles that differ, or env of the user that the policy refuses.
 */
export function torchTarget(intent: Intent, dialect: Dialect): Target | undefined {
  const [role] = intent.roles
  if (!role || !areAlike(intent)) return undefined
  const main = role.template.spec.containers.find(({ name }) => name === role.main)
  if ((main?.env ?? []).some(({ name }) => reservedByTorch.includes(name))) return undefined
  const target = alike({ ...intent, roles: intent.roles.map(withoutReserved) }, dialect)
  return {
    ...target,
    shape: `${target.shape} with the torch policy`,
    policy: { torch: {} },
    trainer: { ...target.trainer, ...processCount(role.injected, dialect) },
  }
}

function withoutReserved<R extends { injected: readonly SymbolicEnv[] }>(role: R): R {
  return { ...role, injected: role.injected.filter(({ name }) => !reservedByTorch.includes(name)) }
}
