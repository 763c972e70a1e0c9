import { describe, expect, it } from 'vitest'
import { dropSignatureReference } from '../../../scripts/package/portable-executable.ts'

const header = 0x80
const optional = header + 24
const certificates = optional + 112 + 4 * 8

/** The header of a signed 64-bit Windows program. */
function signedProgram(): Buffer {
  const program = Buffer.alloc(0x200, 0xcc)
  program.writeUInt32LE(header, 0x3c)
  program.writeUInt16LE(0x20b, optional)
  program.writeUInt32LE(0x1000, certificates)
  program.writeUInt32LE(0x400, certificates + 4)
  return program
}

describe('dropping the reference to a void signature', () => {
  it('empties the entry of the certificate table and nothing else', () => {
    const program = signedProgram()
    dropSignatureReference(program)
    const expected = signedProgram().fill(0, certificates, certificates + 8)
    expect(program.equals(expected)).toBe(true)
  })

  it('refuses a program of another kind', () => {
    const program = signedProgram()
    program.writeUInt16LE(0x10b, optional)
    expect(() => dropSignatureReference(program)).toThrow('not a 64-bit Windows program')
  })
})
