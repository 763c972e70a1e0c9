import { generateKeyPairSync } from 'node:crypto'
import forge from 'node-forge'

export interface Identity {
  /** PEM */
  readonly certificate: string
  readonly key: string
}

export interface CertificateOptions {
  readonly commonName: string
  /** Kubernetes reads groups from it */
  readonly organization?: string
  readonly dnsNames?: readonly string[]
  readonly addresses?: readonly string[]
  readonly expired?: boolean
}

const day = 24 * 60 * 60 * 1000
let serial = 1
let keyPair: { privatePem: string; publicPem: string } | undefined

/** One RSA key for everything that is issued: making keys is what takes time. */
function sharedKey(): { privatePem: string; publicPem: string } {
  keyPair ??= (() => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    return {
      privatePem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    }
  })()
  return keyPair
}

/** A certificate for servers and clients; signed by itself (an authority) when no issuer is given. */
export function issueCertificate(options: CertificateOptions, issuer?: CertificateOptions): Identity {
  const { privatePem, publicPem } = sharedKey()
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicPem)
  certificate.serialNumber = `0${serial++}`
  certificate.validity.notBefore = new Date(Date.now() - 10 * day)
  certificate.validity.notAfter = new Date(Date.now() + (options.expired ? -1 : 10) * day)
  certificate.setSubject(subjectOf(options))
  certificate.setIssuer(subjectOf(issuer ?? options))
  const altNames = [
    ...(options.dnsNames ?? []).map((value) => ({ type: 2, value })),
    ...(options.addresses ?? []).map((ip) => ({ type: 7, ip })),
  ]
  certificate.setExtensions([
    { name: 'basicConstraints', cA: issuer === undefined, critical: true },
    ...(altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : []),
  ])
  certificate.sign(forge.pki.privateKeyFromPem(privatePem), forge.md.sha256.create())
  return { certificate: forge.pki.certificateToPem(certificate), key: privatePem }
}

function subjectOf({ commonName, organization }: CertificateOptions): forge.pki.CertificateField[] {
  const organizations = organization === undefined ? [] : [{ name: 'organizationName', value: organization }]
  return [...organizations, { name: 'commonName', value: commonName }]
}
