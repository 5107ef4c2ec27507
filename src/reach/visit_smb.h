/* The SMB half of a visit: ports, logins, second tries. */
#ifndef REACH_VISIT_SMB_H
#define REACH_VISIT_SMB_H

#include "reach/visit.h"

/* Sets up the talk of the present stage in v->chat. */
void visit_smb_begin(struct visit *v, int64_t now_ms);

/* The connection of an SMB stage did not open. */
void visit_smb_unlinked(struct visit *v, enum link link, int64_t now_ms);

/*
 * The account is tried by few hosts at a time until one of them has let it in.
 * False where this one has to wait, without a connection; visit_smb_turn after
 * each wait.
 */
CHECKED bool visit_smb_may_talk(struct visit *v);
void visit_smb_turn(struct visit *v);

/* Its try, if it was one of those, is over. */
void visit_smb_tried(struct visit *v);

/* Its talk is over. */
void visit_smb_talked(struct visit *v, int64_t now_ms);

#endif
