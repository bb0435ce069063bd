export { ArgoCd, type ArgoCdProps } from './argo-cd';
