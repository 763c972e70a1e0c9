import type { KubeObject } from '../../kube/object.ts'
import { type Clock, timeText } from '../clock.ts'
import { withCoreDefaults } from '../core-defaults.ts'
import { forbidden } from '../failure.ts'
import type { Request, Target } from '../request.ts'
import { isAllowed } from '../rights.ts'
import type { Store } from '../store.ts'
import type { WriteOptions, Writes } from '../writes.ts'
import { applied } from './apply.ts'
import { atItsPlace, configurationIn } from './configuration.ts'

/** Answers a server-side apply: 201 with an object that it creates, for which whoever applies must have the right to create as well; else 200. */
export function applyAnswer(
  request: Request,
  target: Target,
  { writes, store, clock }: { readonly writes: Writes; readonly store: Store; readonly clock: Clock },
  asked: WriteOptions & { readonly force: boolean },
): { readonly code: number; readonly body: KubeObject; readonly warnings: readonly string[] } {
  const { resource, namespace, name = '', subresource } = target
  const { user, groups } = request
  const config = configurationIn(request)
  const options = { ...asked, recorded: true }
  const applier = { ...asked, time: timeText(clock.now()) }
  const outcome = (live: KubeObject | undefined): KubeObject => {
    const object = atItsPlace(applied(resource, live, config, applier), live, target)
    // it may lack what is filled in: a field that nobody owns any more, a container that is new
    return subresource === undefined ? withCoreDefaults(resource, object) : object
  }
  const live = subresource === undefined ? store.find(resource, namespace, name) : store.get(resource, namespace, name)
  if (live) {
    const { object, warnings } = writes.update(resource, namespace, name, outcome, options)
    return { code: 200, body: object, warnings }
  }
  const made = outcome(undefined)
  const { group, plural } = resource
  const question = { user, groups, verb: 'create', group, resource: plural, name, namespace: namespace ?? '' }
  if (!isAllowed(store, question)) throw forbidden(resource, { verb: 'create', name, namespace, user })
  const { object, warnings } = writes.create(resource, namespace, made, options)
  return { code: 201, body: object, warnings }
}
