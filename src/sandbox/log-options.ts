import type { Pod } from '../kube/pod.ts'
import { badRequest, type Cause, Failure } from './failure.ts'

/** The container whose log is asked for; throws 400 where the pod has none of that name, or more than one. */
export function containerOf({ metadata, spec }: Pod, query: URLSearchParams): string {
  const { name } = metadata
  const main = spec.containers.map((container) => container.name)
  const first = (spec.initContainers ?? []).map((container) => container.name)
  const asked = query.get('container') ?? ''
  if (asked === '') {
    const [only = '', ...others] = main
    if (others.length === 0) return only
    const beside = first.length > 0 ? ` or one of the init containers: [${first.join(' ')}]` : ''
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]${beside}`)
  }
  if ([...main, ...first].includes(asked)) return asked
  throw badRequest(`container ${asked} is not valid for pod ${name}`)
}

/** Refuses what core/v1 PodLogOptions cannot be (kubernetes v1.36.3, pkg/apis/core/validation/validation.go: ValidatePodLogOptions). */
export function checkLogOptions({ metadata: { name = '' } }: Pod, query: URLSearchParams): void {
  const numbers = { tailLines: 0, sinceSeconds: 1, limitBytes: 1 } as const
  const causes: Cause[] = []
  for (const [field, least] of Object.entries(numbers)) {
    const given = query.get(field)
    if (given === null) continue
    if (!/^[+-]?\d+$/.test(given))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(given)}: invalid syntax`)
    if (Number(given) >= least) continue
    const words = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0'
    causes.push({ reason: 'FieldValueInvalid', message: `Invalid value: ${Number(given)}: ${words}`, field })
  }
  if (query.has('sinceSeconds') && query.has('sinceTime')) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'
    causes.push({ reason: 'FieldValueForbidden', message, field: '[]' })
  }
  if (causes.length === 0) return
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const details = { name, kind: 'PodLogOptions', causes }
  throw new Failure(422, 'Invalid', `PodLogOptions ${JSON.stringify(name)} is invalid: ${list}`, details)
}
