import { formatCount } from "@foretile/app-kit";

/** `1 version`, `2,500 versions`. */
export function countOf(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? "" : "s"}`;
}
