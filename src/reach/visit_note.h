/* From what the conversations heard to readings. */
#ifndef REACH_VISIT_NOTE_H
#define REACH_VISIT_NOTE_H

#include "reach/visit.h"

void visit_note_port(struct visit *v, enum link link, int64_t now_ms);
void visit_note_smb(struct visit *v, const struct smb_heard *h, int64_t now_ms);
void visit_note_system(struct visit *v, const struct smb_system *s, int64_t now_ms);

/* The P2P port `where` came to this; story is NULL where it did not open. */
void visit_note_p2p(struct visit *v, const struct p2p_ask *ask, enum heard heard,
                    const struct p2p_story *story, int64_t now_ms);
void visit_note_sweep(struct visit *v, int64_t now_ms);

/* A reading of this kind that was never taken, and why (a trace id). */
void visit_note_not_asked(struct visit *v, enum reading_kind kind, const char *reason,
                          int64_t now_ms);

#endif
