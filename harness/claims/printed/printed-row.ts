/** A row of a packet list as a lab report prints it. */
export interface PrintedRow {
  frame: number;
  timeS: number;
  protocol: string;
  frameBytes: number;
  info: string;
}

/** The same row with what is not printed in it but follows from the rows around it. */
export interface PlacedRow extends PrintedRow {
  source: number;
  destination: number;
  flags: number;
  seq: number;
  ack: number;
  window: number;
  payload: number;
  sack: [number, number] | null;
  syn: boolean;
}
