import { describe, expect, it } from 'vitest'
import { explainsPath } from './explained.ts'

describe('a finding explains', () => {
  it.each([
    [['containers[main].env.A'], 'containers[main].env.A', true],
    [['containers[main].env.A'], 'containers[main].env.AB', false],
    [['containers[main].volumeMounts[/etc/mpi].*'], 'containers[main].volumeMounts[/etc/mpi].name', true],
    [['containers[main].volumeMounts[/etc/mpi].*'], 'containers[main].volumeMounts[/etc/mpi2].name', false],
    [['a', 'restartPolicy'], 'restartPolicy', true],
    [[], 'restartPolicy', false],
    [undefined, 'restartPolicy', false],
  ])('%j: %s %s', (explains, path, expected) => {
    expect(explainsPath(explains === undefined ? {} : { explains }, path)).toBe(expected)
  })
})
