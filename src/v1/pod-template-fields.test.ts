import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { FieldType } from './field-type.ts'
import { podTemplate } from './pod-template-fields.ts'

const words: Readonly<Record<string, string>> = { 'whole number': 'number', 'number or text': 'amount' }

/** A line each for the fields that have no fields of their own, as the list that is made of the operator's definitions has them. */
function linesOf(type: FieldType, path: readonly string[] = [], needed = false): string[] {
  if (typeof type === 'string') return [`${path.join('.')}${needed ? '!' : ''} ${words[type] ?? type}`]
  if ('list' in type) return linesOf(type.list, [...path, '[]'])
  if ('mapOf' in type) return linesOf(type.mapOf, [...path, '{}'])
  return [...type.map].flatMap(([name, member]) => linesOf(member, [...path, name], type.needed.includes(name)))
}

it('the fields of a pod template are those of the definitions of v1', () => {
  const list = readFileSync(new URL('../../test/unit/fields/v1.txt', import.meta.url), 'utf8')
  const [, section = ''] = /\n\[template\]\n(.*?)\n\n/s.exec(list) ?? []
  const ofPods = section.split('\n').filter((line) => !line.startsWith('spec.ephemeralContainers.'))
  expect(ofPods.length).toBeGreaterThan(400)
  expect(linesOf(podTemplate).sort()).toEqual(ofPods.sort())
})
