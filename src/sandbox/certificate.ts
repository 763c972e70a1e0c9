import { createPublicKey, generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

export interface ServerCertificate {
  /** PEM; it signs itself, so that it is the authority of the kubeconfig too */
  readonly certificate: string
  readonly key: string
}

/** milliseconds */
const validity = 30 * 24 * 60 * 60 * 1000

/** A certificate for loopback, good for 30 days from an hour before `now`. */
export async function makeCertificate(now: Date): Promise<ServerCertificate> {
  const { default: forge } = await import('node-forge')
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // a first byte of 01 makes the number positive and its encoding minimal, which Go insists on (RFC 5280, 4.1.2.2)
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(now.getTime() - 60 * 60 * 1000)
  certificate.validity.notAfter = new Date(now.getTime() + validity)
  const names = [{ name: 'commonName', value: 'kubectl-migrate sandbox' }]
  certificate.setSubject(names)
  certificate.setIssuer(names)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create())
  return { certificate: forge.pki.certificateToPem(certificate), key }
}
