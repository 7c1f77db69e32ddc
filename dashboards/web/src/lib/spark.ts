// A trend as a small line: the path of a picture of `width` by `height`. Gaps stay gaps.

export function sparkPath(values: readonly (number | null)[], width: number, height: number, room = 3): string {
  const known = values.filter((one): one is number => one !== null);
  if (known.length < 2) return '';
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (index: number): number => room + (index * (width - 2 * room)) / (values.length - 1);
  const y = (value: number): number => (high === low ? height / 2 : height - room - ((value - low) * (height - 2 * room)) / (high - low));
  let path = '';
  let pen = false;
  values.forEach((value, index) => {
    if (value === null) { pen = false; return; }
    path += `${pen ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = true;
  });
  return path;
}
