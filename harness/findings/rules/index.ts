/** The registry of findings. Of one severity the first here is shown first. */
import { bodies } from './bodies.ts';
import { capture } from './capture.ts';
import { conditions } from './conditions.ts';
import { connection } from './connection.ts';
import { fields } from './fields.ts';
import { forms } from './forms.ts';
import { framing } from './framing.ts';
import { limits } from './limits.ts';
import { lostRequests } from './lost-requests.ts';
import { methods } from './methods.ts';
import { parsers } from './parsers.ts';
import { persistence } from './persistence.ts';
import { ranges } from './ranges.ts';
import { shutdown } from './shutdown.ts';
import { statuses } from './statuses.ts';
import { traffic } from './traffic.ts';
import { values } from './values.ts';

export const RULES = [
  ...framing,
  ...lostRequests,
  ...connection,
  ...persistence,
  ...limits,
  ...shutdown,
  ...traffic,
  ...ranges,
  ...conditions,
  ...methods,
  ...statuses,
  ...parsers,
  ...bodies,
  ...fields,
  ...forms,
  ...values,
  ...capture,
];

type AnyRule = (typeof RULES)[number];

/** The ids of all findings. */
export type FindingId = AnyRule['id'];

/** What the words of a finding are given. */
export type ArgsOf<Id extends FindingId> = ReturnType<Extract<AnyRule, { id: Id }>['look']>[number]['args'];
