/** How endpoints are named in logs, metrics and answers: by their URL, without what in it may be a secret. */

/** Without user, password and query, where tokens travel. Two that would then read alike are numbered, because each must be told from the other. */
export function endpointNames(endpoints: readonly string[]): readonly string[] {
  const bare = endpoints.map((endpoint) => {
    const { protocol, host, pathname } = new URL(endpoint);
    return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
  });
  return bare.map((name, index) => {
    const isShared = bare.filter((other) => other === name).length > 1;
    return isShared ? `${name}#${bare.slice(0, index + 1).filter((other) => other === name).length}` : name;
  });
}
