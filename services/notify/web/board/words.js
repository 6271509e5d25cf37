/** What the board says, in both languages, whole phrases only. */
export const WORDS = {
  title: { ru: "Табло", en: "Board" },
  brand: { ru: "Мои Документы", en: "My Documents" },
  ticket: { ru: "Талон", en: "Ticket" },
  window: { ru: "Окно", en: "Window" },
  earlier: { ru: "Вызваны раньше", en: "Called earlier" },
  hall: { ru: "зал {count}", en: "hall {count}" },
  legend: {
    ru: "Вызов идёт по виду услуги, записи и времени прихода, поэтому номера вызываются не подряд. Не услышали вызов? Подойдите к администратору.",
    en: "Calls depend on the service, the booking and the time of arrival, so numbers are not called in a row. Missed your call? Ask the administrator.",
  },
  empty: {
    ru: "Пока никого не вызывают. Номер вашего талона появится здесь.",
    en: "Nobody is being called yet. Your ticket number will appear here.",
  },
  connecting: { ru: "Подключаемся…", en: "Connecting…" },
  waiting: { ru: "Ожидают: {count}", en: "Waiting: {count}" },
  nobody: { ru: "Никто не ждёт", en: "Nobody is waiting" },
  average: { ru: "Среднее ожидание сейчас: {count} мин", en: "Average wait now: {count} min" },
  live: { ru: "на связи", en: "connected" },
  offline: { ru: "нет связи", en: "no connection" },
  lost: {
    ru: "Нет связи, данные на {time}. Слушайте объявления администратора.",
    en: "No connection, as of {time}. Please listen to the administrator.",
  },
  lostAtStart: {
    ru: "Нет связи с сервером. Вызовы объявит администратор.",
    en: "No connection to the server. The administrator will call the numbers.",
  },
  unknownBranch: {
    ru: "Филиала {branch} нет в каталоге. Проверьте адрес этой страницы.",
    en: "The catalogue has no branch {branch}. Check the address of this page.",
  },
  sound: { ru: "Нажмите, чтобы включить звук", en: "Press to turn the sound on" },
};
