/** What the page looks up: the hall, the services of the branch, a ticket by its number. */
import { service } from "/common/api.js";

const at = (branch) => `/v1/branches/${encodeURIComponent(branch)}`;

export const pathOf = (branch, window) => `${at(branch)}/windows/${encodeURIComponent(window)}`;

/** All windows and who may serve there. */
export const hallOf = (branch) => service().get(`${at(branch)}/windows`);

/** [{code, name}]; none while the service that knows them is silent: codes are shown then. */
export async function servicesOf(branch) {
  const answer = await service("ticketing").get(`${at(branch)}/services`).catch(() => null);
  return answer?.services ?? [];
}

/** Tickets that people call by `number`, however it is written. */
export async function ticketsNumbered(branch, number) {
  return (await service().get(`${at(branch)}/find?number=${encodeURIComponent(number)}`)).tickets;
}

/** [{operator, at, minutes}]: the breaks of the shift that are under way or still to come. */
export const breaksOf = async (branch) => (await service().get(`${at(branch)}/breaks`)).breaks;
