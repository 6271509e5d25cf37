/* A Russian phone number while it is typed: what counts, how it is shown. */

const LENGTH = 10; /* after +7 */

/** The digits after +7. People often begin with 8, or with the 7 that already stands there. */
export function ownDigits(typed) {
  return typed.replace(/^(8|7(?=9))/, "").slice(0, LENGTH);
}

export const isWhole = (digits) => digits.length === LENGTH;

/** "+7 912 345-67-89"; what is not typed yet is a dot. */
export function shown(digits) {
  const places = [...digits.padEnd(LENGTH, "·")];
  const part = (from, to) => places.slice(from, to).join("");
  return `+7 ${part(0, 3)} ${part(3, 6)}-${part(6, 8)}-${part(8, 10)}`.replaceAll(" ", "\u00a0");
}

/** As the services take it. */
export const international = (digits) => `+7${digits}`;

/** Read aloud digit by digit, not as billions. */
export const spoken = (digits) => ["+7", ...digits].join(" ");
