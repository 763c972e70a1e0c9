import { describe, expect, it } from 'vitest'
import { planOf } from '../../test/unit/cutover-world.ts'
import { now } from '../../test/unit/objects.ts'
import { announcements, type Turn } from './announcement.ts'

const plan = planOf()
const about = { turn: 'Held' as Turn, says: '3 pods gone', now, instance: 'jane@laptop', unique: 'abc' }

describe('an Event of a migration', () => {
  it('is told on both objects, each with the other beside it', () => {
    const v1 = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', namespace: 'nlp', name: 'bert', uid: plan.uid }
    const v2 = { ...v1, apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob', uid: 'uid-v2' }
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      eventTime: '2026-03-01T12:00:00.000000Z',
      reportingController: 'kubectl-migrate',
      reportingInstance: 'jane@laptop',
      action: 'Migrate',
      reason: 'MigrationHeld',
      note: '3 pods gone',
      type: 'Normal',
    }
    expect(announcements(plan, 'uid-v2', about)).toEqual([
      { ...event, metadata: { name: 'bert.abc0', namespace: 'nlp' }, regarding: v1, related: v2 },
      { ...event, metadata: { name: 'bert.abc1', namespace: 'nlp' }, regarding: v2, related: v1 },
    ])
  })

  it('is told on v1 alone while there is no TrainJob', () => {
    expect(announcements(plan, undefined, about)).toMatchObject([{ regarding: { kind: 'PyTorchJob' } }])
  })

  it.each<[turn: Turn, type: string]>([
    ['Started', 'Normal'],
    ['Done', 'Normal'],
    ['Ended', 'Normal'],
    ['RolledBack', 'Warning'],
    ['Stranded', 'Warning'],
  ])('%s is %s', (turn, type) => {
    expect(announcements(plan, undefined, { ...about, turn })).toMatchObject([{ reason: `Migration${turn}`, type }])
  })

  it('keeps to the length a note may have', () => {
    const [event] = announcements(plan, undefined, { ...about, says: 'x'.repeat(2000) })
    expect(event?.['note']).toHaveLength(1000)
  })
})
