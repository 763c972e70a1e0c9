import { describe, expect, it } from 'vitest'
import { programName } from './program-name.ts'

describe('programName', () => {
  it.each([
    ['bash: kubectl migrate', '/usr/local/bin/kubectl-migrate', '/usr/bin/kubectl', 'kubectl migrate'],
    ['bash: kubectl-migrate', 'kubectl-migrate', '/usr/local/bin/kubectl-migrate', 'kubectl-migrate'],
    ['bash: its full path', '/usr/local/bin/kubectl-migrate', '/usr/local/bin/kubectl-migrate', 'kubectl-migrate'],
    ['bash: ./dist/kubectl-migrate', './dist/kubectl-migrate', './dist/kubectl-migrate', 'kubectl-migrate'],
    ['sudo kubectl migrate', '/usr/local/bin/kubectl-migrate', '/usr/bin/sudo', 'kubectl migrate'],
    ['sudo kubectl-migrate', 'kubectl-migrate', '/usr/bin/sudo', 'kubectl-migrate'],
    ['fish: kubectl migrate', '/usr/local/bin/kubectl-migrate', undefined, 'kubectl migrate'],
    ['fish: kubectl-migrate', 'kubectl-migrate', undefined, 'kubectl-migrate'],
    [
      'a krew link of another name',
      '/home/u/.krew/bin/kubectl-trainjob_migrate',
      '/usr/bin/kubectl',
      'kubectl trainjob-migrate',
    ],
    ['a plugin of two words', '/opt/bin/kubectl-kubeflow-migrate', '/usr/bin/kubectl', 'kubectl kubeflow migrate'],
    ['Windows: kubectl migrate', 'C:\\bin\\kubectl-migrate.exe', undefined, 'kubectl migrate'],
    ['Windows: kubectl-migrate', 'kubectl-migrate.exe', undefined, 'kubectl-migrate'],
    ['from the sources', '/src/kubectl-migrate/src/main.ts', '/usr/bin/node', 'kubectl-migrate'],
    ['the bundle run by node', '/src/dist/kubectl-migrate.cjs', '/usr/bin/node', 'kubectl-migrate'],
    ['the launcher, from kubectl', '/src/dist/kubectl-migrate.cjs', '/usr/bin/kubectl', 'kubectl migrate'],
    ['the launcher, from bash', '/src/dist/kubectl-migrate.cjs', '/src/dist/kubectl-migrate', 'kubectl-migrate'],
    ['another file name', '/opt/bin/migrate', '/opt/bin/migrate', 'kubectl-migrate'],
    ['nothing to go by', '', undefined, 'kubectl-migrate'],
  ])('%s', (_, called, underscore, name) => {
    expect(programName({ called, underscore })).toBe(name)
  })
})
