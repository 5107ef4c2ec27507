/* What `logons` tells, in the formats that it is written in. */
#ifndef TELL_LOGONS_H
#define TELL_LOGONS_H

#include "tell/tell.h"

enum err logons_log_jsonl(FILE *, const struct log_told *);
enum err logons_jsonl(FILE *, const struct told_logons *, const struct style *);
enum err logons_text(FILE *, const struct told_logons *, const struct style *);
enum err logons_html(FILE *, const struct told_logons *, const struct style *);
enum err logons_csv(FILE *, const struct told_logons *, const struct style *);

/* In which order it spread, and whom it is on. */
void logons_text_spread(FILE *, const struct told_logons *);
void logons_html_spread(FILE *, const struct told_logons *);
void logons_text_tried(FILE *, const struct told_logons *);
void logons_html_tried(FILE *, const struct told_logons *);

/* Machines whose own logs cannot tell who attacks them, and what to do. */
void logons_text_audit(FILE *, const struct told_logons *, const struct style *);
void logons_html_audit(FILE *, const struct told_logons *);

#endif
