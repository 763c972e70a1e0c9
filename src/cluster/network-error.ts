import { ClusterError } from './errors.ts'

/** Reasons of Node's network errors (errno and getaddrinfo codes), in plain words. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ETIMEDOUT: 'the host does not answer',
  EADDRNOTAVAIL: 'this machine has no address to reach it from',
  EPROTO: 'it does not speak TLS as expected',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (is it plain http?)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS (is it plain http?)',
  ERR_PROXY_TUNNEL: 'the proxy refused to connect to it',
  ERR_PROXY_INVALID_CONFIG: 'the proxy is not configured properly',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP',
}

/** Codes of OpenSSL's verification (Node's tls, X509 certificate error codes), in plain words. */
const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet (is this machine's clock right?)",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by nobody but itself",
  SELF_SIGNED_CERT_IN_CHAIN: "the authority that signed the server's certificate is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the authority that signed the server's certificate is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "the authority that signed the server's certificate is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the authority that signed the server's certificate is not trusted",
  CERT_SIGNATURE_FAILURE: "the server's certificate is not signed by the authority it names",
  CERT_UNTRUSTED: "the authority that signed the server's certificate is not trusted",
  CERT_REJECTED: "the server's certificate is rejected by its authority",
  CERT_REVOKED: "the server's certificate is revoked",
  INVALID_CA: 'the certificate authority may not sign certificates',
  INVALID_PURPOSE: "the server's certificate is not made for servers",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
  HOSTNAME_MISMATCH: "the server's certificate is for another name",
}

/** Alerts by which a server refuses this client's certificate (RFC 8446, 6.2). */
const clientRefused =
  /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(REQUIRED|EXPIRED|REVOKED|UNKNOWN)|ACCESS_DENIED|HANDSHAKE_FAILURE)/

/**
 * The typed error of a failed connection. Only codes and words of our own go in: messages of the platform may carry
 * addresses with credentials.
 */
export function networkError(error: unknown, server: string, proxy: URL | undefined, sent: boolean): ClusterError {
  if (error instanceof ClusterError) return error
  const code = opensslCode(error) ?? codeOf(error)
  const trust = certificateReasons[code]
  if (trust !== undefined) {
    return new ClusterError({ kind: 'certificate', server, code, reason: trust + namesOf(error) }, { cause: error })
  }
  if (clientRefused.test(code)) {
    const reason = "the server refused this client's certificate"
    return new ClusterError({ kind: 'certificate', server, code, reason }, { cause: error })
  }
  const reason =
    reasons[code] ?? (code.startsWith('ERR_SSL') ? reasons['EPROTO'] : undefined) ?? 'the connection failed'
  const through = proxy && `${proxy.protocol}//${proxy.host}`
  return new ClusterError({ kind: 'unreachable', server, code, reason, proxy: through, sent }, { cause: error })
}

/** Errors while writing carry OpenSSL's reason in their message only: `write EPROTO ...:SSL routines:...:wrong version number:...`. */
function opensslCode(error: unknown): string | undefined {
  if (codeOf(error) !== 'EPROTO' || !(error instanceof Error)) return undefined
  const reason = /SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1]
  return reason && `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`
}

/** The innermost code: dual-stack connects fail with an AggregateError of one error for each address. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}

function namesOf(error: unknown): string {
  if (!(error instanceof Error) || !('cert' in error)) return ''
  const cert = error.cert as { subjectaltname?: string } | undefined
  return cert?.subjectaltname ? ` (${cert.subjectaltname.replaceAll('DNS:', '').replaceAll('IP Address:', '')})` : ''
}
