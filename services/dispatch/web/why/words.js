/** What the page says by itself; the answers come from the service. */
export const WORDS = {
  title: { ru: "Почему вызвали не меня", en: "Why somebody else was called" },
  mine: { ru: "Номер посетителя", en: "The visitor's number" },
  other: { ru: "Кого вызвали раньше", en: "Who was called first" },
  example: { ru: "например, Д 118 или 118", en: "for example Д 118 or 118" },
  optional: { ru: "можно не указывать", en: "may be left empty" },
  ask: { ru: "Объяснить", en: "Explain" },
  waits: { ru: "Талон {mine}", en: "Ticket {mine}" },
  before: { ru: "Почему {other} раньше, чем {mine}", en: "Why {other} before {mine}" },
  order: { ru: "Правила вызова в этом центре", en: "The rules of this centre" },
  unknown: { ru: "Такого талона сегодня нет. Проверьте номер.", en: "There is no such ticket today. Check the number." },
  silent: { ru: "Нет связи с сервером. Попробуйте ещё раз.", en: "No connection to the server. Try again." },
  otherLanguage: { ru: "English", en: "Русский" },
};
