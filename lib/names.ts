const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/**
 * Whether a name is a DNS-1123 label, as Kubernetes checks it
 * (`k8s.io/apimachinery/pkg/util/validation.IsDNS1123Label`): at most 63 lower-case letters, digits and
 * inner hyphens.
 */
export function isDnsLabel(name: string): boolean {
  return DNS_LABEL.test(name);
}

/** Whether a name is a DNS-1123 subdomain: labels joined by dots, at most 253 characters. */
export function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && DNS_SUBDOMAIN.test(name);
}
