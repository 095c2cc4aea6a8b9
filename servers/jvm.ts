/**
 * Options of `java` for a short life: half the processor time to start, and no heap that is as large as the machine allows before it is needed. Nothing that a server sends
 * depends on them; a JVM with one processor chooses this collector itself.
 */
export const SHORT_LIVED = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xms16m'] as const;
