/** Where the PE32+ format keeps what is needed here (Microsoft, PE Format: MS-DOS stub, optional header, data directories). */
const offsetOfHeader = 0x3c
const headerToOptional = 24
const pe32plus = 0x20b
const optionalToDirectories = 112
const certificateTable = 4
const directorySize = 8

/**
 * Makes a Windows program say that it has no signature. Node's own is void once the program is put in, and its place is
 * written over, but the header still points there, which Windows shows as a damaged signature.
 */
export function dropSignatureReference(program: Buffer): void {
  const optional = program.readUInt32LE(offsetOfHeader) + headerToOptional
  if (program.readUInt16LE(optional) !== pe32plus) throw new Error('not a 64-bit Windows program')
  const entry = optional + optionalToDirectories + certificateTable * directorySize
  program.fill(0, entry, entry + directorySize)
}
