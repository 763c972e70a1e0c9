import type { Container } from '../../kube/pod.ts'
import type { SymbolicEnv } from '../../v1/symbolic-env.ts'
import type { Feature } from '../intent.ts'

/** PaddleJob's own fields, and the address its first pod is told. */
export const paddle: Feature = {
  name: 'paddle',
  apply({ job, intent, ledger }) {
    if (job.info.kind !== 'PaddleJob') return
    if (job.spec['elasticPolicy'] !== undefined) {
      ledger.note(['spec', 'elasticPolicy'], {
        code: 'elastic-unused',
        message: 'not carried: Training Operator does nothing with it for PaddleJobs',
      })
    }
    for (const role of intent.roles) {
      if (!role.injected.some(({ pods }) => pods !== undefined)) continue
      role.injected = role.injected.filter(({ pods }) => pods !== 'first').map(onEveryPod)
      ledger.remark(['spec', job.info.specKey], {
        code: 'paddle-master-address',
        message: `PADDLE_MASTER of ${role.role}-0 is its host name instead of its own IP address`,
        why: 'v1 gives the first pod its address and the others its name; pods of one template get the same',
        explains: role.template.spec.containers.flatMap((container) => addressed(container, role.main)),
      })
    }
  },
}

/** The values of a container that hold the address: its variables, and the texts that take it from there. */
function addressed({ name, command, args }: Container, main: string): string[] {
  const place = `containers[${name === main ? 'main' : name}]`
  const takes = (texts: readonly string[] = []) => texts.some((text) => text.includes('$(PADDLE_MASTER)'))
  return [
    `${place}.env.PADDLE_MASTER`,
    `${place}.env.POD_IP_DUMMY`,
    ...(takes(command) ? [`${place}.command`] : []),
    ...(takes(args) ? [`${place}.args`] : []),
  ]
}

function onEveryPod({ pods: _pods, ...variable }: SymbolicEnv): SymbolicEnv {
  return variable
}
