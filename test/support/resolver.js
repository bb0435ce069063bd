/** Resolves the validators of Kubernetes and Istio, which are published as ES modules only. */
module.exports = (request, options) => {
  const conditions = /^@?kubernetes-models/.test(request)
    ? [...options.conditions, 'import']
    : options.conditions;
  return options.defaultResolver(request, { ...options, conditions });
};
