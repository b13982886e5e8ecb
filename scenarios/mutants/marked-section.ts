/** Replaces what stands in a page between `<!-- NAME: ... -->` and `<!-- /NAME -->`. */
export function replaceBetweenMarks(page: string, name: string, content: string): string {
  const [before, afterOpening, ...others] = page.split(new RegExp(`(?<=<!-- ${name}: [^>]*-->\n)`));
  const end = afterOpening?.indexOf(`<!-- /${name} -->`) ?? -1;
  if (before === undefined || afterOpening === undefined || end === -1 || others.length > 0)
    throw new Error(`The page has no single section between <!-- ${name}: ... --> and <!-- /${name} -->.`);
  return `${before}${content}${afterOpening.slice(end)}`;
}
