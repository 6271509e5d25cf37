/** Hours of a day in the branch's own zone: what «13:30», «9.05» or «1330» means there. */

/** The moment on the day of `near` at which the clocks of `zone` show `text`; null when that is no hour. */
export function momentOf(text, near, zone) {
  const [, hours, minutes] = /^(\d{1,2})[:. ]?(\d{2})$/.exec(text.trim()) ?? [];
  if (hours === undefined || hours > 23 || minutes > 59) return null;
  const midnight = startOfDay(near, zone);
  return new Date(midnight.getTime() + (Number(hours) * 60 + Number(minutes)) * 60_000);
}

/** The midnight, by the clocks of `zone`, that the day of `near` began with (zones here do not shift in a day). */
export function startOfDay(near, zone) {
  const moment = new Date(near);
  const shown = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(moment);
  const part = (type) => Number(shown.find((p) => p.type === type).value);
  const passed = (part("hour") * 60 + part("minute")) * 60 + part("second");
  return new Date(Math.floor(moment.getTime() / 1000 - passed) * 1000);
}
