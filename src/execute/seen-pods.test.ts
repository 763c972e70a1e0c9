import { describe, expect, it } from 'vitest'
import { factsOf, heldByUs, planOf } from '../../test/unit/cutover-world.ts'
import { v1Pod } from '../../test/unit/objects.ts'
import type { Pod } from '../kube/pod.ts'
import { v1Seen } from '../migration/waits/v1-seen.ts'
import { SeenPods } from './seen-pods.ts'

const master = v1Pod('bert', 'master', 0)
const first = v1Pod('bert', 'worker', 0)
const second = v1Pod('bert', 'worker', 1)
const another: Pod = { ...master, metadata: { ...master.metadata, uid: 'made-again' } }

const at = (pod: Pod, resourceVersion: string): Pod => ({ ...pod, metadata: { ...pod.metadata, resourceVersion } })

/** Three pods at version 10, when their job is held; what happens then; which of them are there at last. */
function seen(happens: (pods: SeenPods) => void, left: readonly Pod[]): string {
  const pods = new SeenPods()
  pods.readUpTo('10', [master, first, second])
  happens(pods)
  const v1 = heldByUs({ pods: 3, since: '10' })
  return v1Seen(factsOf({ v1, v1Pods: left, v1Seen: pods.facts }), planOf())
}

const goes = (pods: SeenPods, pod: Pod, version: string) => pods.count({ type: 'DELETED', object: at(pod, version) })
const comes = (pods: SeenPods, pod: Pod, version: string) => pods.count({ type: 'ADDED', object: at(pod, version) })
const none = () => false

describe('how the pods of a held job ended', () => {
  it.each<[what: string, seen: string, happens: (pods: SeenPods) => void, left: readonly Pod[]]>([
    [
      'each was told of',
      'known',
      (pods) => {
        for (const pod of [master, first, second]) goes(pods, pod, '11')
      },
      [],
    ],
    ['one that is gone is not told of yet', 'reading', (pods) => goes(pods, master, '11'), [first]],
    [
      'one that came later is waited for too, though a list told of it first',
      'reading',
      (pods) => {
        for (const pod of [master, first, second]) goes(pods, pod, '12')
        pods.readUpTo('14', [another])
        comes(pods, another, '13')
      },
      [],
    ],
  ])('%s: %s', (_, expected, happens, left) => {
    expect(seen(happens, left)).toBe(expected)
  })

  describe('when the watch had to begin anew:', () => {
    it.each<[what: string, seen: string, happens: (pods: SeenPods) => void, left: readonly Pod[]]>([
      [
        'the same pods are there',
        'known',
        (pods) => pods.beginAnew('20', [master, first, second], none),
        [master, first, second],
      ],
      [
        'the same pods are there, and go',
        'known',
        (pods) => {
          pods.beginAnew('20', [master, first, second], none)
          for (const pod of [master, first, second]) goes(pods, pod, '21')
        },
        [],
      ],
      [
        'one had been seen to go before',
        'known',
        (pods) => {
          goes(pods, first, '11')
          pods.beginAnew('20', [master, second], none)
        },
        [master, second],
      ],
      [
        'one that is gone had been seen to have ended',
        'known',
        (pods) => pods.beginAnew('20', [master, second], (uid) => uid === first.metadata.uid),
        [master, second],
      ],
      ['one is gone', 'lost', (pods) => pods.beginAnew('20', [master, second], none), [master, second]],
      [
        'one is gone that a list did not show any more',
        'lost',
        (pods) => {
          pods.readUpTo('15', [master, second])
          pods.beginAnew('20', [master, second], none)
        },
        [master, second],
      ],
      [
        'one was made again under its name',
        'lost',
        (pods) => pods.beginAnew('20', [another, first, second], none),
        [another, first, second],
      ],
      [
        'one is new, and goes later',
        'reading',
        (pods) => {
          goes(pods, master, '11')
          pods.beginAnew('20', [another, first, second], none)
          goes(pods, first, '21')
          goes(pods, second, '22')
        },
        [],
      ],
      [
        'one is lost, whatever is read later',
        'lost',
        (pods) => {
          pods.beginAnew('20', [master, second], none)
          pods.readUpTo('21', [master, second])
          goes(pods, master, '22')
          goes(pods, second, '23')
        },
        [],
      ],
    ])('%s: %s', (_, expected, happens, left) => {
      expect(seen(happens, left)).toBe(expected)
    })

    it('before the hold: nothing of it matters', () => {
      const pods = new SeenPods()
      pods.readUpTo('5', [master, first])
      pods.beginAnew('8', [master, second], none)
      pods.readUpTo('10', [master, second])
      for (const pod of [master, second]) goes(pods, pod, '11')
      const v1 = heldByUs({ pods: 2, since: '10' })
      expect(v1Seen(factsOf({ v1, v1Pods: [], v1Seen: pods.facts }), planOf())).toBe('known')
    })
  })
})
