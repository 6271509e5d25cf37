/* What the kiosk asks of the services: the branch's services, a ticket, a phone for its SMS. */

import { service } from "/common/api.js";

const ticketing = service();
const notify = service("notify");

/** Everything a branch offers, and whether it is open: GET …/services. */
export const offer = (branch) => ticketing.get(`/v1/branches/${encodeURIComponent(branch)}/services`);

/** The branches that a kiosk may be set up for. */
export const branches = async () => (await ticketing.get("/v1/branches")).branches;

/** A ticket; the same `key` never makes two, however often it is sent. */
export const issue = (branch, code, key) =>
  ticketing.post(`/v1/branches/${encodeURIComponent(branch)}/tickets`, { service: code }, { key });

/** The words of consent that notify keeps the version of: {"version", "text": {"ru", "en"}}. */
export const terms = () => notify.get("/v1/consent");

/** Where SMS about a ticket may go. Answers the number as it may be shown: +7***6789. */
export const contact = (ticket, phone, language, key) =>
  notify.put(`/v1/tickets/${encodeURIComponent(ticket)}/contact`, { phone, language, consent: true }, { key });
