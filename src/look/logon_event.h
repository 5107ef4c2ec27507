/* From an event of a log to an attempt: which kind it is, and who is behind it. */
#ifndef LOOK_LOGON_EVENT_H
#define LOOK_LOGON_EVENT_H

#include "flow/attempt.h"
#include "format/log_event.h"

/* False where the event is about no logon (a Kerberos answer that is usual), nor about
 * an At job (a task of another name). */
bool logon_event_read(const struct log_event *, struct attempt *out);

#endif
