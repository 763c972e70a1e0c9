import { describe, expect, it } from 'vitest'
import { renameInMetadata } from './rename.ts'

/** Annotations of a pod template after its container `pytorch` has become `node`. */
function renamed(annotations: Record<string, string>) {
  const { metadata, findings } = renameInMetadata(
    { metadata: { annotations }, spec: { containers: [] } },
    'pytorch',
    'node',
    ['spec', 'template'],
  )
  return { annotations: metadata?.annotations, explained: findings.flatMap(({ explains = [] }) => explains) }
}

describe('annotations that name a container', () => {
  it.each([
    ['kubectl.kubernetes.io/default-container', 'pytorch', 'node'],
    ['vault.hashicorp.com/agent-inject-containers', 'pytorch', 'node'],
    ['vault.hashicorp.com/agent-inject-containers', 'side,pytorch', 'side,node'],
    ['instrumentation.opentelemetry.io/container-names', 'pytorch, side', 'node, side'],
    ['instrumentation.opentelemetry.io/python-container-names', 'pytorch', 'node'],
  ])('%s: %s names it by its new name', (key, before, after) => {
    expect(renamed({ [key]: before })).toEqual({ annotations: { [key]: after }, explained: [`annotations.${key}`] })
  })

  it.each([
    ['container.apparmor.security.beta.kubernetes.io/pytorch', 'container.apparmor.security.beta.kubernetes.io/node'],
    ['ad.datadoghq.com/pytorch.logs', 'ad.datadoghq.com/node.logs'],
    ['ad.datadoghq.com/pytorch.check_names', 'ad.datadoghq.com/node.check_names'],
    ['co.elastic.logs.pytorch/multiline.pattern', 'co.elastic.logs.node/multiline.pattern'],
    ['fluentbit.io/exclude-pytorch', 'fluentbit.io/exclude-node'],
    ['fluentbit.io/parser_stderr-pytorch', 'fluentbit.io/parser_stderr-node'],
    ['devices.nri.io/container.pytorch', 'devices.nri.io/container.node'],
  ])('%s becomes %s', (before, after) => {
    expect(renamed({ [before]: 'pytorch' })).toEqual({
      annotations: { [after]: 'pytorch' },
      explained: [`annotations.${before}`, `annotations.${after}`],
    })
  })

  it.each([
    ['example.org/framework', 'pytorch'],
    ['example.org/pytorch.version', '2'],
    ['ad.datadoghq.com/tags', '{"framework":"pytorch"}'],
    ['ad.datadoghq.com/pytorch-side.logs', '[]'],
    ['vault.hashicorp.com/agent-inject-containers', 'pytorch-side'],
    ['vault.hashicorp.com/agent-inject-secret-pytorch', 'secret/pytorch'],
    ['fluentbit.io/parser', 'pytorch'],
    ['co.elastic.logs/module', 'pytorch'],
  ])('%s: %s is left as it is: it names no container, or another', (key, value) => {
    expect(renamed({ [key]: value })).toEqual({ annotations: { [key]: value }, explained: [] })
  })
})
