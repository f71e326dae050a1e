/** Something a person cannot do in Discord's client: no such button, a required field left empty, a file too big. */
export class UserRefusal extends Error {
  override name = 'UserRefusal';
}
